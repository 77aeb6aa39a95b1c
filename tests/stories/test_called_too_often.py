"""A night in which somebody is called too often: whoever can take the rest of it from them hears of it, they
do not, and no alert about a home is held back for it.
"""

from __future__ import annotations

from typing import Any

from tests.stories.stage import Stage, story

MOST = 4
"""As shipped."""


def pages(stage: Stage) -> list[dict[str, Any]]:
    """What was found about pages at night."""
    return [each for each in stage.findings() if each["rule"] == "pages-at-night"]


def called_and_helped(stage: Stage, wall: str) -> None:
    """One call that the assigned worker and the neighbour are told of, and that the worker sees to."""
    stage.at(wall).press()
    stage.does("assigned", "accept")
    stage.does("assigned", "arrive")
    stage.does("assigned", "close", outcome="helped")


@story("2025-07-23 21:00")
def test_the_fifth_call_of_a_night_is_said_to_the_desk_once_and_never_to_who_is_tired(stage: Stage) -> None:
    for wall in ("21:30", "22:10", "23:00", "01:00", "02:00"):
        called_and_helped(stage, wall)
    assert pages(stage) == [], "four at night: the one before ten was in the evening"
    stage.told()
    stage.at("03:00").press()
    assert stage.told() == ["03:00 assigned", "03:00 neighbour"], "they are called however tired they are"
    assert len(pages(stage)) == 0, "nobody needs a report while somebody calls for help"
    stage.does("assigned", "accept")
    assert stage.told() == ["03:00 desk", "03:00 desk", "03:00 neighbour: stand_down"]
    found = pages(stage)
    assert {each["evidence"]["figures"]["pages"] for each in found} == {MOST + 1}
    tired = {each["evidence"]["figures"]["worker_id"] for each in found}
    assert tired == {stage.worker("assigned"), stage.worker("neighbour")}
    about = [each for each in stage.alerts() if each["kind"] == "pages-at-night"]
    assert {each["title"] for each in about} == {
        "assigned今夜已收到5次通知（上限4次）：请换人接替",
        "neighbour今夜已收到5次通知（上限4次）：请换人接替",
    }
    assert {each["policy"] for each in about} == {"pages"}
    stage.does("assigned", "arrive")
    stage.at("08:00")
    assert stage.told().count("08:00 manager") == 2, "by day whoever changes rosters hears of it"
    assert len(pages(stage)) == 2, "once a night"


@story("2025-07-23 23:29")
def test_no_number_of_calls_is_too_many_for_the_desk_and_nobody_is_told_of_themselves(stage: Stage) -> None:
    stage.at("23:30").press()
    stage.at("00:01")
    assert stage.told().count("00:00 manager") == 1
    assert pages(stage) == [], "nobody has it yet"
    stage.does("assigned", "accept")
    [found] = pages(stage)
    assert found["evidence"]["figures"]["worker_id"] == stage.worker("manager"), (
        "the desk was called as often"
    )
    stage.told()
    stage.at("08:00")
    assert "08:00 desk" in stage.told()
    assert "manager" in stage.not_told("called_too_often")


@story("2025-07-23 13:59")
def test_the_figures_say_how_soon_a_call_was_answered_and_somebody_was_there(stage: Stage) -> None:
    stage.at("14:00").press()
    stage.at("14:01").does("assigned", "accept")
    stage.at("14:46").does("assigned", "arrive")
    stage.at("14:50").does("assigned", "close", outcome="helped")
    stage.at("15:00").press()
    stage.at("15:02").does("assigned", "decline")
    stage.at("15:03").does("backup", "accept")
    total = stage.figures()["total"]
    assert [(each["met"], each["judged"]) for each in total["answered"]["shares"]] == [(1, 2), (2, 2)]
    assert [(each["met"], each["judged"]) for each in total["on_site"]["shares"]] == [(0, 1), (1, 1)]
    assert total["answered"]["median_seconds"] == 60
    hours = {each["hour"]: each["alerts"] for each in stage.figures()["hours"] if each["alerts"]}
    assert hours == {14: 1, 15: 1}
