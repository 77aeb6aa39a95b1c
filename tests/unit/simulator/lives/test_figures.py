"""A thousand simulated nights lie within what is published of people over 75, and the page says what they
come to.
"""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from devices.simulator.lives.__main__ import main
from devices.simulator.lives.figures import Figure, Held, as_table, figures, held
from devices.simulator.lives.form import life_of
from devices.simulator.lives.history import history
from tests.unit.simulator.lives.test_living import LHASA, STARTS

PAGE = Path(__file__).parents[4] / "docs" / "lives.md"


@pytest.fixture(scope="module")
def a_thousand_nights() -> tuple[Held, ...]:
    return held(1000, "1")


@pytest.mark.parametrize("figure", figures(), ids=lambda figure: figure.key)
def test_each_figure_lies_within_what_is_published(
    figure: Figure, a_thousand_nights: tuple[Held, ...]
) -> None:
    (row,) = (row for row in a_thousand_nights if row.figure == figure)
    assert row.lies_within, f"{figure.words}: {row.shown}, published {figure.low} to {figure.high}"


def test_the_page_shows_the_figures_as_they_come_out(a_thousand_nights: tuple[Held, ...]) -> None:
    assert as_table(a_thousand_nights) in PAGE.read_text("utf-8")


def test_each_figure_has_a_source_or_is_called_an_assumption() -> None:
    assert all(
        figure.source.startswith("assumption: ") or any(map(str.isdigit, figure.source))
        for figure in figures()
    )


def test_a_figure_outside_its_range_ends_the_command_with_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    awake_all_night = Held(figures()[0], 12.0)
    monkeypatch.setattr("devices.simulator.lives.__main__.held", lambda _nights, _seed: (awake_all_night,))
    assert main(["--nights", "20"]) == 1
    assert "in bed at night, h: 12.0 lies outside what is published" in capsys.readouterr().err


def test_a_history_tells_lives_to_the_rules_in_order_of_time() -> None:
    lives = {"deji": life_of("steady"), "pema": life_of("frail")}
    lines = [json.loads(line) for line in history(lives, 1, STARTS, STARTS + timedelta(days=3), LHASA)]
    times = [line["received_at"] for line in lines if line["type"] == "event" and "received_at" in line]
    assert times == sorted(times)
    assert [line["type"] for line in lines[:4]] == ["resident", "device", "device", "device"]
    assert lines[-1]["type"] == "end"
