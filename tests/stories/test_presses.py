"""A press reaches a person, by day and by night, and goes on until somebody has it."""

from __future__ import annotations

from tests.stories.stage import Stage, story


@story("2025-07-23 13:59")
def test_a_press_by_day_is_told_step_by_step_until_the_backup_has_it(stage: Stage) -> None:
    stage.at("14:00").press()
    assert stage.told() == ["14:00 assigned"]
    stage.at("14:02")
    assert stage.told() == ["14:02 backup", "14:02 neighbour"]
    stage.at("14:04").does("backup", "accept")
    assert stage.told() == ["14:04 assigned: stand_down", "14:04 neighbour: stand_down"]
    assert stage.not_told("accepted_already") == ["caregiver", "desk", "manager"]
    stage.at("14:08")
    assert stage.told() == []
    stage.at("14:10").does("backup", "arrive")
    stage.at("14:30").does("backup", "close", outcome="helped")
    assert stage.state() == "closed"
    assert stage.reassured() == ["heard", "coming", "arrived", "over"]
    stage.after("24h")
    assert stage.told() == []


@story("2025-07-23 02:00")
def test_a_press_at_night_tells_the_neighbour_at_once(stage: Stage) -> None:
    stage.at("02:13").press()
    assert stage.told() == ["02:13 assigned", "02:13 neighbour"]
    assert stage.alert()["policy"] == "night-emergency"
    stage.at("02:15")
    assert stage.told() == ["02:15 backup", "02:15 desk"]
    stage.at("02:16").does("backup", "accept")
    stage.at("02:25").does("backup", "arrive")
    stage.at("03:00").does("backup", "close", outcome="hospital")
    assert stage.alert()["outcome"] == "hospital"


@story("2025-07-23 13:59")
def test_nobody_accepts_and_the_desk_is_told_again_and_again_then_the_grids_around(stage: Stage) -> None:
    stage.at("14:00").press()
    stage.at("14:05")
    assert stage.told()[-2:] == ["14:05 caregiver", "14:05 desk"]
    stage.at("14:24")
    assert stage.told() == [
        "14:10 desk", "14:10 manager", "14:15 desk", "14:15 manager", "14:20 desk", "14:20 manager",
    ]  # fmt: skip
    stage.at("14:25")
    assert stage.told() == ["14:25 desk", "14:25 manager", "14:25 nextdoor"]
    stage.at("16:59")
    stage.told()
    stage.at("17:00")
    assert {"17:00 desk", "17:00 manager"} <= set(stage.told()), "without end"
    assert stage.state() == "open"
    assert stage.alert()["owner_ids"] != []


@story("2025-07-23 13:59")
def test_accepted_and_never_arrived_is_reminded_and_then_told_anew(stage: Stage) -> None:
    stage.at("14:00").press()
    stage.at("14:01").does("assigned", "accept")
    stage.told()
    stage.at("14:10")
    assert stage.told() == []
    stage.at("14:11")
    assert stage.told() == ["14:11 assigned"]
    stage.at("14:20")
    assert stage.told() == []
    stage.at("14:21")
    assert "14:21 assigned" in stage.told()
    assert stage.state() == "open"
    assert stage.reassured()[-1] == "heard"
    stage.at("14:23")
    assert stage.told() == ["14:23 backup", "14:23 neighbour"]


@story("2025-07-23 13:59")
def test_a_press_that_joins_an_open_alert_tells_all_who_were_told_and_starts_no_wait_anew(
    stage: Stage,
) -> None:
    stage.at("14:00").press()
    stage.at("14:01:30").press()
    assert stage.told() == ["14:00 assigned", "14:01 assigned: joined"]
    stage.at("14:02")
    assert stage.told() == ["14:02 backup", "14:02 neighbour"], "the step's wait did not start anew"
    stage.at("14:02:10").press()
    stage.at("14:02:20").press()
    assert "14:02 assigned: joined" not in stage.told(), (
        "a person hears of joined presses once a minute at most"
    )
    assert len(stage.alerts()) == 1
    assert len(stage.alert()["facts"]) == 4


@story("2025-07-23 13:59")
def test_a_press_that_joins_an_accepted_alert_is_answered_within_two_minutes_or_told_anew(
    stage: Stage,
) -> None:
    stage.at("14:00").press()
    stage.at("14:01").does("assigned", "accept")
    stage.told()
    stage.at("14:05").press()
    assert stage.told() == ["14:05 assigned: joined"]
    stage.at("14:06:59")
    assert stage.told() == []
    stage.at("14:07")
    assert "14:07 assigned" in stage.told(), "the holder is told with the rest"
    stage.at("14:09")
    assert stage.told() == ["14:09 backup", "14:09 neighbour"]


@story("2025-07-23 13:59")
def test_a_press_soon_after_somebody_arrived_waits_for_them_two_minutes(stage: Stage) -> None:
    stage.at("14:00").press()
    stage.at("14:01").does("assigned", "arrive")
    stage.told()
    stage.at("14:10").press()
    assert stage.told() == ["14:10 assigned: joined"]
    stage.at("14:11").does("assigned", "arrive")
    stage.at("14:16")
    assert (stage.told(), stage.state()) == ([], "arrived"), "whoever is there has answered"


@story("2025-07-23 13:59")
def test_a_press_where_an_arrival_was_forgotten_opens_the_alert_again_at_once(stage: Stage) -> None:
    stage.at("14:00").press()
    stage.at("14:01").does("assigned", "arrive")
    stage.told()
    stage.at("14:16").press()
    assert stage.told() == ["14:16 assigned"]
    assert stage.state() == "open"
    assert "pressed_again" in stage.reasons()
    assert stage.reassured()[-1] == "heard"
    stage.at("14:18")
    assert stage.told() == ["14:18 backup", "14:18 neighbour"]


@story("2025-07-23 13:59")
def test_arrived_and_forgotten_is_asked_after_two_hours_and_then_each_hour(stage: Stage) -> None:
    stage.at("14:00").press()
    stage.at("14:10").does("assigned", "arrive")
    stage.told()
    stage.at("16:09")
    assert stage.told() == []
    stage.at("16:10")
    assert stage.told() == ["16:10 assigned", "16:10 desk"]
    stage.at("17:10")
    assert stage.told() == ["17:10 assigned", "17:10 desk"]


@story("2025-07-23 13:59", rulebooks={})
def test_without_any_rulebook_a_press_still_reaches_a_person(stage: Stage) -> None:
    stage.at("14:00").press()
    assert stage.told() == ["14:00 assigned"]
    assert stage.alert()["kind"] == "call-button"


@story("2025-07-23 13:59", rulebooks={"home-beds.yaml": "format: 1\nrules: [oh dear"})
def test_with_a_broken_rulebook_a_press_still_reaches_a_person(stage: Stage) -> None:
    stage.at("14:00").press()
    assert stage.told() == ["14:00 assigned"]


@story("2025-07-23 13:59")
def test_somebody_who_is_away_still_alerts(stage: Stage) -> None:
    stage.goes_away()
    stage.at("14:00").press()
    assert stage.told() == ["14:00 assigned"]


@story("2025-07-23 13:59")
def test_a_worker_whose_channels_all_refuse_is_passed_over_at_once(stage: Stage) -> None:
    stage.refuses("assigned")
    stage.at("14:00").press()
    assert stage.told() == ["14:00 backup", "14:00 neighbour"]
    assert stage.not_told("every_channel_failed") == ["assigned"]
