"""`anxin rules why` over a history: what it prints and with which code it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from services.wiring.cli.rules import app
from tests.unit.rules.cast import in_bed, rulebook

NIGHT = rulebook(
    'id: out, on: bed.exited, settle: 60s, unless: bed.entered, for: 20m, between: "22:00-06:00"',
    'id: exits, on: bed.exited, settle: 60s, count: 4, within: 2h, between: "22:00-06:00"',
)


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    book, history = tmp_path / "book.yaml", tmp_path / "history.jsonl"
    book.write_text(NIGHT, encoding="utf-8")
    lines = in_bed().event("bed.exited", 0).event("bed.entered", 720).end(9000).texts()
    history.write_text("\n".join(lines), encoding="utf-8")
    return ["--rulebook", str(book), "--history", str(history)]


def ask(*words: str) -> Result:
    return CliRunner().invoke(app, ["why", *words])


def test_it_says_in_words_why_nothing_was_found(files: list[str]) -> None:
    result = ask("out", "r1", "2025-07-23T02:15:00+08:00", *files)
    assert result.exit_code == 0
    assert result.stdout == (
        "out · r1 · 23 Jul 2025 02:15\n"
        "Nothing was found. “out of bed” at 02:00:00, and then in time “in bed”, after 12 min.\n"
    )


def test_it_speaks_chinese_and_tibetan_too(files: list[str]) -> None:
    chinese = ask("exits", "r1", "2025-07-23T02:15:00+08:00", "--language", "zh-CN", *files).stdout
    assert "只有 1 次，要 4 次" in chinese
    tibetan = ask("exits", "r1", "2025-07-23T02:15:00+08:00", "--language", "bo", *files).stdout
    assert "ཐེངས་ 4 དགོས།" in tibetan


def test_a_time_without_an_offset_is_that_of_the_home(files: list[str]) -> None:
    here = ask("out", "r1", "2025-07-23T02:15:00", "--json", *files).stdout
    assert here == ask("out", "r1", "2025-07-22T18:15:00Z", "--json", *files).stdout


@pytest.mark.parametrize("at", ["2025-07-23T02:15", "2025-07-23 02:15", "2025-07-23T02:15+08:00"])
def test_seconds_may_be_left_out(files: list[str], at: str) -> None:
    whole = ask("out", "r1", "2025-07-23T02:15:00+08:00", *files)
    assert ask("out", "r1", at, *files).output == whole.output


def test_another_day_is_said_by_its_date(files: list[str]) -> None:
    said = ask("out", "r1", "2025-07-24T02:15", "--language", "zh-CN", *files).stdout
    assert "最近一次在 2025年7月23日 02:00:00" in said


def test_the_answer_as_json_has_reasons_figures_and_events(files: list[str]) -> None:
    said = json.loads(ask("out", "r1", "2025-07-23T02:15:00+08:00", "--json", *files).stdout)
    assert (said["rule"], said["found"], said["at"]) == ("out", False, "2025-07-22T18:15:00Z")
    [reason] = said["reasons"]
    assert reason["reason"] == "prevented"
    assert reason["figures"]["after_seconds"] == 720
    assert reason["event_ids"] == ["4", "5"]


def test_an_unknown_rule_or_resident_ends_with_one_and_names_the_nearest(files: list[str]) -> None:
    result = ask("exit", "r1", "2025-07-23T02:15:00", *files)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "did you mean 'exits'?" in result.stderr
    assert ask("exits", "r2", "2025-07-23T02:15:00", *files).exit_code == 1


def test_a_bad_call_ends_with_two_and_a_bad_history_with_three(files: list[str]) -> None:
    assert ask("out", "r1", "yesterday", *files).exit_code == 2
    assert ask("out", "r1", "9999-12-31T23:59:59", *files).exit_code == 2
    assert ask("out", "r1", "2025-07-23T02:15:00", *files[:2]).exit_code == 2
    Path(files[1]).write_text("format: 1\n", encoding="utf-8")
    assert ask("out", "r1", "2025-07-23T02:15:00", *files).exit_code == 2
    Path(files[1]).write_text(NIGHT, encoding="utf-8")
    Path(files[3]).write_text("no json\n", encoding="utf-8")
    assert ask("out", "r1", "2025-07-23T02:15:00", *files).exit_code == 3
