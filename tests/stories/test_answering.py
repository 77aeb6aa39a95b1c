"""Answering without signing in: by one tap on the link of a message, and by one digit."""

from __future__ import annotations

from tests.stories.stage import Stage, story


@story("2025-07-23 02:00")
def test_a_night_is_answered_by_taps_alone(stage: Stage) -> None:
    stage.at("02:13").press()
    assert stage.told() == ["02:13 assigned", "02:13 neighbour"]
    assert "措姆" in stage.looks("assigned")
    stage.at("02:14")
    assert stage.taps("neighbour", "accept") == 200
    assert stage.told() == ["02:14 assigned: stand_down"]
    assert stage.taps("assigned", "accept") == 409
    stage.at("02:20")
    assert stage.taps("neighbour", "arrive") == 200
    stage.at("02:40")
    assert stage.taps("neighbour", "close", outcome="helped") == 200
    assert stage.told() == []
    assert stage.state() == "closed"
    assert stage.reassured() == ["heard", "coming", "arrived", "over"]
    stage.after("24h")
    assert stage.told() == []


@story("2025-07-23 02:00")
def test_a_night_is_answered_by_digits_alone(stage: Stage) -> None:
    stage.at("02:13").press()
    stage.told()
    stage.at("02:14")
    assert stage.replies("assigned", "1", "m1") == "accepted"
    assert stage.told() == ["02:14 assigned: answer", "02:14 neighbour: stand_down"]
    stage.at("02:15")
    assert stage.replies("assigned", "1", "m1") == "accepted"
    assert stage.replies("neighbour", "收到", "m2") == "already_accepted"
    assert stage.told() == ["02:15 neighbour: answer"], "told once, and both in words"
    stage.at("02:20")
    assert stage.replies("assigned", "到了", "m3") == "arrived"
    stage.at("02:40")
    assert stage.replies("assigned", "3", "m4") == "how_it_ended"
    assert stage.state() == "arrived"
    assert stage.replies("assigned", "32", "m5") == "closed"
    assert stage.alert()["outcome"] == "hospital"
    stage.told()
    stage.after("24h")
    assert stage.told() == []


@story("2025-07-23 13:59")
def test_whoever_asks_for_help_has_the_next_called_at_once(stage: Stage) -> None:
    stage.at("14:00").press()
    assert stage.told() == ["14:00 assigned"]
    assert stage.replies("assigned", "9", "m1") == "declined"
    assert stage.told() == ["14:00 assigned: answer", "14:00 backup", "14:00 neighbour"]
    assert stage.replies("backup", "帮忙", "m2") == "declined"
    assert stage.told() == ["14:00 backup: answer", "14:00 caregiver", "14:00 desk"]
    assert stage.alert()["owner_ids"] != []


@story("2025-07-23 13:59")
def test_whoever_taps_and_never_arrives_is_asked_again_and_the_link_still_holds(stage: Stage) -> None:
    stage.at("14:00").press()
    stage.taps("assigned", "accept")
    stage.told()
    stage.at("14:10")
    assert stage.told() == ["14:10 assigned"]
    stage.at("14:20")
    assert stage.state() == "open"
    assert "14:20 assigned" in stage.told()
    assert stage.taps("assigned", "accept") == 200
    assert stage.state() == "accepted"


@story("2025-07-23 13:59")
def test_a_test_press_passes_by_one_tap(stage: Stage) -> None:
    stage.at("14:00").opens_window("assigned")
    stage.at("14:01").press()
    assert stage.told() == ["14:01 assigned: test"]
    assert stage.replies("assigned", "1", "m1") == "test_passed"
    assert stage.alert()["outcome"] == "test"
    stage.after("1h")
    assert stage.told() == ["14:01 assigned: answer"]


@story("2025-07-23 13:59")
def test_a_test_that_is_none_is_said_by_a_digit(stage: Stage) -> None:
    stage.at("14:00").opens_window("assigned")
    stage.at("14:01").press()
    stage.told()
    assert stage.replies("assigned", "9", "m1") == "said_to_be_real"
    assert stage.state() == "open"
    assert "14:01 assigned" in stage.told()


@story("2025-07-23 13:59")
def test_with_two_running_only_the_code_says_which(stage: Stage) -> None:
    stage.at("14:00").press()
    press = stage.code("assigned")
    stage.falls()
    fall = stage.code("assigned")
    stage.told()
    assert stage.replies("assigned", "1", "m1") == "which_one"
    assert [alert["state"] for alert in stage.alerts()] == ["open", "open"]
    assert stage.replies("assigned", f"1 {fall}", "m2") == "accepted"
    assert [alert["state"] for alert in stage.alerts()] == ["open", "accepted"]
    assert stage.replies("assigned", f"去不了 {press}", "m3") == "declined"
    assert stage.told()[-2:] == ["14:00 backup", "14:00 neighbour"]
