"""An alert and a shift of the duty desk change hands: who is told, who is not, and whose it is meanwhile."""

from __future__ import annotations

from services.wiring.shipped import shipped
from tests.stories.stage import Stage, story

FAR = (
    shipped("policies")["emergency.yaml"]
    .replace("policy: emergency", "policy: far")
    .replace("tell: [assigned]", "tell: [neighbour]", 1)
    .replace("tell: [backup, neighbour]", "tell: [assigned]", 1)
)
ASSIGNED = """
format: 1
grids:
  ours: {high: far}
"""


@story("2025-07-23 13:59")
def test_a_handover_without_an_answer_stays_with_its_holder_and_both_hear_it(stage: Stage) -> None:
    stage.at("14:00").press()
    stage.at("14:01").does("assigned", "accept")
    stage.told()
    stage.at("14:02").hands_on("assigned", "backup")
    assert stage.told() == ["14:02 backup: handover"]
    assert stage.alert()["owner_ids"] == [stage.alert()["accepted_by"]]
    stage.at("14:06:59")
    assert stage.told() == []
    stage.at("14:07")
    assert stage.told() == ["14:07 assigned: handover", "14:07 backup: stand_down"]
    assert stage.reasons()[-1] == "handover_unanswered"
    assert (stage.state(), stage.alert()["handover_to"]) == ("accepted", None)
    stage.at("14:11")
    assert stage.told() == ["14:11 assigned"], "and the holder is held to arriving as before"


@story("2025-07-23 13:59")
def test_a_handover_to_a_telephone_that_is_off_comes_back_at_once(stage: Stage) -> None:
    stage.refuses("caregiver")
    stage.at("14:00").press()
    stage.at("14:01").does("assigned", "accept")
    stage.told()
    stage.at("14:02").hands_on("assigned", "caregiver")
    assert stage.told() == ["14:02 assigned: handover"]
    assert stage.alert()["handover_to"] is None


@story("2025-07-23 02:00")
def test_when_one_declines_and_the_other_cannot_be_reached_the_next_are_told_at_once(stage: Stage) -> None:
    stage.refuses("neighbour")
    stage.at("02:13").press()
    assert stage.told() == ["02:13 assigned"]
    stage.at("02:13:30").does("assigned", "decline")
    assert stage.told() == ["02:13 backup", "02:13 desk"]


@story("2025-07-23 02:00")
def test_while_another_is_still_asked_a_no_brings_nobody_else(stage: Stage) -> None:
    stage.at("02:13").press()
    stage.told()
    stage.at("02:13:30").does("assigned", "decline")
    assert stage.told() == []
    stage.at("02:15")
    assert stage.told() == ["02:15 backup", "02:15 desk"]


@story("2025-07-23 13:59")
def test_more_time_ends_where_the_policy_says_however_often_it_is_asked_for(stage: Stage) -> None:
    stage.at("14:00").press()
    stage.at("14:01").does("assigned", "accept")
    stage.told()
    stage.needs("assigned", 31, status=422)
    stage.needs("assigned", 30)
    stage.needs("assigned", 30)
    stage.needs("assigned", 1, status=422)
    stage.at("15:10")
    assert stage.told() == []
    stage.at("15:11")
    assert stage.told() == ["15:11 assigned"]
    stage.at("15:21")
    assert "15:21 assigned" in stage.told()
    assert stage.state() == "open"


@story("2025-07-23 02:00")
def test_the_desk_accepts_for_one_who_telephoned_and_all_who_were_told_may_sleep_on(stage: Stage) -> None:
    stage.at("02:13").press()
    stage.at("02:15").told()
    stage.at("02:16").says_for("desk", "neighbour", "accept")
    assert stage.told() == [
        "02:16 assigned: stand_down", "02:16 backup: stand_down", "02:16 desk: stand_down",
    ]  # fmt: skip
    moved = stage.alert()["changes"][-1]
    assert (moved["reason"], moved["on_behalf_of"]) == ("accepted", stage.alert()["accepted_by"])
    assert moved["by"] != moved["on_behalf_of"]


@story("2025-07-23 13:59", policies={"far.yaml": FAR, "assignments.yaml": ASSIGNED})
def test_a_grid_has_a_policy_of_its_own(stage: Stage) -> None:
    stage.at("14:00").press()
    assert stage.told() == ["14:00 neighbour"]
    assert stage.alert()["policy"] == "far"
    assert stage.alert()["changes"][0]["detail"]["policy_for"] == "grid"
    stage.at("14:02")
    assert stage.told() == ["14:02 assigned"]


@story("2025-07-23 06:00")
def test_a_shift_that_nobody_takes_over_is_said_to_the_manager_until_somebody_does(stage: Stage) -> None:
    stage.sits("desk", "2025-07-23 00:00", "2025-07-23 08:00")
    stage.takes_over("desk", "manager")
    stage.sits("desk", "2025-07-23 08:00", "2025-07-25 08:00")
    stage.told()
    stage.at("08:14:59")
    assert stage.told() == []
    stage.at("08:15")
    assert stage.told() == ["08:15 manager"]
    assert stage.alert()["kind"] == "shift-not-taken-over"
    stage.at("08:45")
    assert stage.told() == ["08:45 manager"]
    stage.at("08:50").takes_over("desk", "desk")
    assert stage.told() == ["08:50 manager: stand_down"]
    assert (stage.state(), stage.alert()["outcome"]) == ("closed", "over_by_itself")
    stage.at("15:59")
    assert stage.told() == []


@story("2025-07-23 06:00")
def test_a_shift_that_is_over_by_now_is_nobody_s_to_take_over_any_more(stage: Stage) -> None:
    stage.sits("desk", "2025-07-22 20:00", "2025-07-23 06:00")
    stage.at("06:02")
    assert all(each["kind"] != "shift-not-taken-over" for each in stage.alerts())


@story("2025-07-23 06:00")
def test_a_shift_of_a_rotation_and_one_that_was_swapped_have_to_be_taken_over_as_well(stage: Stage) -> None:
    team = stage.records("teams", {"name": "desk"})["id"]
    stage.hires("second", "duty_desk")
    for each in ("desk", "second"):
        stage.changes("workers", stage.worker(each), {"team_id": team})
    roster = stage.records(
        "rosters",
        {
            "team_id": team,
            "name": "desk",
            "shifts": [
                {"name": "day", "starts": "08:00", "ends": "20:00"},
                {"name": "night", "starts": "20:00", "ends": "08:00"},
            ],
            "cycle": ["day", "night"],
            "members": [stage.worker("desk"), stage.worker("second")],
            "starts_on": "2025-07-23",
        },
    )["id"]
    stage.at("07:50").takes_over("desk", "manager")
    stage.at("08:14:59").told()
    stage.at("08:15")
    assert stage.told() == []
    night = {"day": "2025-07-23", "worker_id": stage.worker("second"), "roster_id": roster}
    stage.records("swaps", {**night, "instead_id": stage.worker("desk")})
    assert stage.turn() == (["desk"], "2025-07-23T12:00:00Z")
    stage.at("20:14:59")
    assert "20:15 manager" not in stage.told()
    stage.at("20:15")
    assert stage.told() == ["20:15 manager"], "one who stays on hands over to himself, and says so"
    stage.at("20:20").takes_over("desk", "desk")
    assert stage.told() == ["20:20 manager: stand_down"]


@story("2025-07-23 06:00")
def test_a_shift_that_was_taken_in_hand_by_the_manager_is_over_all_the_same_once_it_is_taken_over(
    stage: Stage,
) -> None:
    stage.sits("desk", "2025-07-23 08:00", "2025-07-25 08:00")
    stage.at("08:16").does("manager", "accept")
    stage.at("08:50").takes_over("desk", "manager")
    assert (stage.state(), stage.alert()["outcome"]) == ("closed", "over_by_itself")


@story("2025-07-23 06:00")
def test_a_shift_that_is_taken_over_a_little_before_it_begins_is_taken_over(stage: Stage) -> None:
    stage.sits("desk", "2025-07-23 08:00", "2025-07-25 08:00")
    stage.at("07:40").takes_over("desk", "manager")
    stage.at("08:14:59").told()
    stage.at("15:00")
    assert stage.told() == []
    assert all(each["kind"] != "shift-not-taken-over" for each in stage.alerts())
