"""Rosters: a hole in the hours to come is said while there is time, and nobody who is away is called."""

from __future__ import annotations

from typing import Any

from tests.stories.changing_rules import local_instant
from tests.stories.stage import Stage, story


def rosters(stage: Stage, *members: str, **more: Any) -> str:
    """A roster of the east team: day and night, from its members in turn."""
    body = {
        "team_id": stage.team(),
        "name": "east",
        "shifts": [
            {"name": "day", "starts": "08:00", "ends": "20:00"},
            {"name": "night", "starts": "20:00", "ends": "08:00"},
        ],
        "cycle": ["day", "night"],
        "members": [stage.worker(name) for name in members],
        "starts_on": "2025-07-20",
    }
    return str(stage.records("rosters", body | more)["id"])


def leave(stage: Stage, who: str, since: str, until: str) -> str:
    return str(
        stage.records(
            "leaves",
            {
                "worker_id": stage.worker(who),
                "starts_at": local_instant(since).isoformat(),
                "ends_at": local_instant(until).isoformat(),
                "reason": "ill",
            },
        )["id"]
    )


def holes(stage: Stage) -> list[str]:
    return [str(each["state"]) for each in stage.findings() if each["rule"] == "roster-hole"]


@story("2025-07-23 09:00")
def test_noon_finds_the_hole_of_the_night_dusk_says_it_again_and_filling_it_ends_it(stage: Stage) -> None:
    stage.hires("second", "caregiver")
    roster = rosters(stage, "caregiver", "second")
    stage.at("09:30")
    leave(stage, "caregiver", "2025-07-23 22:00", "2025-07-24 06:00")
    assert stage.told() == [], "nobody is called in the morning for a hole that noon will find"
    stage.at("12:00")
    assert stage.told() == ["12:00 desk", "12:00 manager"]
    alert = stage.alert()
    assert (alert["kind"], alert["severity"], alert["policy"]) == ("roster-hole", "medium", "rosters")
    assert alert["title"] == "排班空缺：east7月23日22:00至7月24日06:00无人值班（请假）"
    assert alert["subject"] == f"house:roster/{stage.team()}"
    stage.at("13:00").does("desk", "accept")
    assert stage.told() == ["13:00 manager: stand_down"]
    stage.at("18:00")
    assert stage.told() == ["18:00 desk", "18:00 manager"], "to have it is not to have filled it"
    assert stage.reasons().count("found_again") == 1
    stage.at("18:30").does("manager", "accept")
    stage.told()
    stage.at("19:00")
    night = {"day": "2025-07-23", "worker_id": stage.worker("caregiver"), "roster_id": roster}
    stage.records("swaps", {**night, "instead_id": stage.worker("second")})
    assert (stage.state(), stage.alert()["outcome"]) == ("closed", "over_by_itself")
    assert holes(stage) == ["ended", "ended"]
    stage.told()
    stage.at("12:00")
    assert stage.told() == [], "the night was somebody's, and it is over"


@story("2025-07-23 19:00")
def test_what_opens_a_hole_in_the_evening_is_said_in_the_evening(stage: Stage) -> None:
    stage.hires("second", "caregiver")
    rosters(stage, "caregiver", "second")
    stage.told()
    leave(stage, "caregiver", "2025-07-23 19:00", "2025-07-25 06:00")
    assert stage.told() == ["19:00 desk", "19:00 manager"]
    title = "排班空缺：east7月23日20:00至少到7月24日19:00无人值班（请假）"
    assert stage.alert()["title"] == title, "farther ahead nobody has looked"
    protection = stage.protection()
    assert protection["reasons"] == ["device_never_live", "roster_hole"]
    assert protection["due_at"] == "2025-07-23T12:00:00Z", "when the hole begins"
    stage.after("1h").press()
    assert stage.told() == ["20:00 assigned"]
    stage.after("5m")
    assert stage.told() == ["20:02 backup", "20:02 neighbour", "20:05 desk"]
    assert "caregiver" in stage.not_told("on_leave")


@story("2025-07-23 09:00")
def test_a_swap_moves_a_press_to_who_took_the_turn(stage: Stage) -> None:
    stage.hires("second", "caregiver")
    roster = rosters(stage, "caregiver", "second")
    stage.day("2025-07-23 21:00").press()
    stage.after("5m")
    assert "21:05 caregiver" in stage.told()
    turn = {"roster_id": roster, "day": "2025-07-25", "worker_id": stage.worker("caregiver")}
    stage.records("swaps", {**turn, "instead_id": stage.worker("second")})
    stage.does("desk", "accept")
    stage.does("desk", "close", outcome="helped")
    stage.told()
    stage.day("2025-07-25 21:00").press()
    stage.after("5m")
    told = stage.told()
    assert "21:05 second" in told
    assert "21:05 caregiver" not in told


@story("2025-07-23 02:00")
def test_a_step_at_which_nobody_is_on_duty_goes_on_at_once_and_says_why(stage: Stage) -> None:
    leave(stage, "assigned", "2025-07-23 00:00", "2025-07-24 00:00")
    leave(stage, "neighbour", "2025-07-23 00:00", "2025-07-24 00:00")
    stage.press()
    assert stage.told() == ["02:00 backup", "02:00 desk"]
    assert stage.reasons()[:3] == ["opened", "step_empty", "step_due"]
    assert stage.not_told("on_leave") == ["assigned", "neighbour"]


@story("2025-07-23 07:00")
def test_who_is_told_is_looked_up_when_the_step_is_due(stage: Stage) -> None:
    stage.press()
    stage.at("07:04")
    assert stage.told() == ["07:00 assigned", "07:02 backup", "07:02 neighbour"]
    leave(stage, "caregiver", "2025-07-23 07:00", "2025-07-23 08:00")
    stage.at("07:05")
    assert stage.told() == ["07:04 desk", "07:04 manager", "07:05 desk"], "of the hole, and then of the press"


@story("2025-07-23 09:00")
def test_a_team_of_which_all_are_switched_off_is_a_hole(stage: Stage) -> None:
    stage.changes("workers", stage.worker("caregiver"), {"active": False})
    assert stage.told() == ["09:00 desk", "09:00 manager"]
    title = "排班空缺：east现在起至少到7月24日09:00无人值班（已停用）"
    assert stage.alert()["title"] == title, "since when is not known, nor for how long"
    stage.at("11:00")
    stage.changes("workers", stage.worker("caregiver"), {"active": True})
    assert stage.state() == "closed"


@story("2025-07-23 09:00")
def test_a_team_of_which_nobody_can_be_reached_yet_waits_for_noon(stage: Stage) -> None:
    stage.changes("workers", stage.worker("caregiver"), {"channels": []})
    assert holes(stage) == []
    stage.at("12:00")
    assert stage.told() == ["12:00 desk", "12:00 manager"]
    assert stage.alert()["title"] == "排班空缺：east现在起至少到7月24日12:00无人值班（没有联系方式）"


@story("2025-03-29 12:30")
def test_a_night_in_which_berlin_loses_an_hour_has_no_hole(stage: Stage) -> None:
    stage.hires("second", "caregiver")
    rosters(stage, "caregiver", "second", timezone="Europe/Berlin", starts_on="2025-03-20")
    stage.day("2025-04-02 12:30")
    assert holes(stage) == []


@story("2025-07-23 11:00")
def test_a_look_that_the_house_slept_through_is_made_up_for_once(stage: Stage) -> None:
    rosters(stage, "caregiver", cycle=["night", ""])
    stage.told()
    stage.day("2025-07-26 12:00")
    assert "12:00 manager" in stage.told()
