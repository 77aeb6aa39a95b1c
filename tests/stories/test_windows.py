"""A technician proves that a press reaches a person, and no window keeps a call for help from anybody."""

from __future__ import annotations

from tests.stories.stage import Stage, story


@story("2025-07-23 13:59")
def test_a_test_that_is_answered_reaches_one_person_and_is_over(stage: Stage) -> None:
    stage.at("14:00").opens_window("technician")
    assert stage.button()["test_window"]["until"] == "2025-07-23T06:05:00Z"
    stage.at("14:01").press()
    assert stage.told() == ["14:01 technician: test"]
    assert (stage.alert()["policy"], stage.alert()["title"]) == ("test", "测试：呼叫器求助")
    assert stage.button()["test_window"] is None, "a window is for one press"
    assert stage.button()["last_test_id"] == stage.alert()["id"]
    stage.at("14:01:59").does("technician", "accept")
    alert = stage.alert()
    assert (alert["state"], alert["outcome"]) == ("closed", "test")
    assert alert["accepted_by"] == alert["closed_by"] == alert["test"]["worker_id"]
    assert stage.reassured() == ["heard", "over"]
    stage.after("24h")
    assert stage.told() == [], "nobody else ever heard of it"


@story("2025-07-23 13:59")
def test_a_test_that_nobody_answers_is_a_call_for_help_after_a_minute(stage: Stage) -> None:
    stage.at("14:00").opens_window("technician")
    stage.at("14:01").press()
    stage.at("14:01:59")
    assert stage.told() == ["14:01 technician: test"]
    stage.at("14:02")
    assert stage.told() == ["14:02 assigned", "14:02 technician"]
    alert = stage.alert()
    assert (alert["policy"], alert["title"], alert["test"]) == ("emergency", "呼叫器求助", None)
    assert stage.reasons() == ["opened", "test_unanswered", "step_due"]
    stage.at("14:04")
    assert stage.told() == ["14:04 backup", "14:04 neighbour"]
    stage.at("14:05").does("backup", "accept")
    assert stage.told() == [
        "14:05 assigned: stand_down", "14:05 neighbour: stand_down", "14:05 technician: stand_down",
    ]  # fmt: skip
    stage.does("backup", "close", outcome="helped")
    assert stage.reassured() == ["heard", "coming", "over"]


@story("2025-07-23 02:00")
def test_at_night_a_test_goes_on_by_the_policy_of_the_night(stage: Stage) -> None:
    stage.opens_window("technician")
    stage.at("02:01").press()
    stage.at("02:02")
    assert stage.told() == [
        "02:01 technician: test", "02:02 assigned", "02:02 neighbour", "02:02 technician",
    ]  # fmt: skip
    assert stage.alert()["policy"] == "night-emergency"


@story("2025-07-23 13:59")
def test_a_second_press_waits_with_the_first_and_a_third_is_a_call_for_help(stage: Stage) -> None:
    stage.opens_window("technician")
    stage.at("14:00").press()
    stage.at("14:00:40").press()
    assert stage.told() == ["14:00 technician: test"]
    stage.at("14:00:50").press()
    assert stage.told() == ["14:00 assigned", "14:00 technician"]
    assert len(stage.alerts()) == 1
    assert "test_in_doubt" in stage.reasons()


@story("2025-07-23 13:59")
def test_a_second_press_does_not_start_the_minute_anew(stage: Stage) -> None:
    stage.opens_window("technician")
    stage.at("14:00").press()
    stage.at("14:00:59").press()
    stage.at("14:01")
    assert stage.told() == ["14:00 technician: test", "14:01 assigned", "14:01 technician"]


@story("2025-07-23 13:59")
def test_the_press_of_another_device_is_none_of_the_test_and_ends_it(stage: Stage) -> None:
    stage.hangs("other")
    stage.opens_window("technician")
    stage.at("14:00").press("other")
    assert stage.told() == ["14:00 assigned"], "the window is another device's"
    stage.does("assigned", "accept")
    stage.does("assigned", "close", outcome="helped")
    stage.told()
    stage.at("14:01").press()
    assert stage.told() == ["14:01 technician: test"], "its own window is still open"
    stage.at("14:01:10").press("other")
    assert stage.told() == ["14:01 assigned", "14:01 technician"]


@story("2025-07-23 13:59")
def test_a_press_that_joins_a_running_alert_is_never_a_test(stage: Stage) -> None:
    stage.hangs("other")
    stage.opens_window("technician")
    stage.at("14:00").press("other")
    stage.at("14:01:30").press()
    assert stage.told() == ["14:00 assigned", "14:01 assigned: joined"]
    assert stage.alert()["test"] is None


@story("2025-07-23 13:59")
def test_a_press_when_the_window_is_over_is_a_call_for_help(stage: Stage) -> None:
    stage.opens_window("technician", minutes=1)
    stage.at("14:00").press()
    assert stage.told() == ["14:00 assigned"]


@story("2025-07-23 13:59")
def test_a_press_after_the_test_is_a_call_for_help_though_its_time_is_not_over(stage: Stage) -> None:
    stage.opens_window("technician", minutes=10)
    stage.at("14:00").press()
    stage.at("14:00:10").does("technician", "accept")
    stage.told()
    stage.at("14:00:20").press()
    assert stage.told() == ["14:00 assigned"]


@story("2025-07-23 13:59")
def test_whoever_says_that_it_is_real_calls_everybody_at_once(stage: Stage) -> None:
    stage.opens_window("technician")
    stage.at("14:00").press()
    stage.at("14:00:20").does("desk", "real")
    assert stage.told() == ["14:00 assigned", "14:00 technician", "14:00 technician: test"]
    assert stage.reasons() == ["opened", "said_to_be_real", "step_due"]
    stage.at("14:02:20")
    assert stage.told() == ["14:02 backup", "14:02 neighbour"]


@story("2025-07-23 13:59")
def test_a_test_that_reaches_nobody_is_a_call_for_help_at_once(stage: Stage) -> None:
    stage.refuses("technician")
    stage.opens_window("technician")
    stage.at("14:00").press()
    assert stage.told() == ["14:00 assigned"]


@story("2025-07-23 13:59", rulebooks={})
def test_a_test_needs_no_rulebook_and_goes_on_by_the_floor(stage: Stage) -> None:
    stage.opens_window("technician")
    stage.at("14:00").press()
    stage.at("14:01")
    assert stage.told() == ["14:00 technician: test", "14:01 assigned", "14:01 technician"]
