"""`anxin simulate lives` and `history`."""

import json

from typer.testing import CliRunner

from services.wiring.cli import app


def test_the_habits_and_the_figures_can_be_seen() -> None:
    seen = CliRunner().invoke(app, ["simulate", "lives", "--nights", "400"])
    assert "night_owl" in seen.output
    assert "heart asleep, a min" in seen.output


def test_a_history_is_written_for_the_rules() -> None:
    seen = CliRunner().invoke(app, ["simulate", "history", "steady", "--residents", "1", "--days", "1"])
    assert seen.exit_code == 0
    assert [json.loads(line)["type"] for line in seen.output.splitlines()][-1] == "end"


def test_an_unknown_habit_is_refused_with_those_there_are() -> None:
    seen = CliRunner().invoke(app, ["simulate", "history", "sturdy"])
    assert seen.exit_code == 2
    assert "expected one of early_riser" in seen.output
