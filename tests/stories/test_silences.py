"""A silence puts off and never forgets; a call for help goes through it; it ends by its time, by somebody's
word, or because something happens in the home.
"""

from __future__ import annotations

from tests.stories.stage import Stage, story


def out_of_bed_at_night(stage: Stage) -> None:
    """Out since 02:05; found 20 minutes later and told by night."""
    stage.at("02:00").enters_bed()
    stage.at("02:05").leaves_bed()


@story("2025-07-23 01:00")
def test_what_is_found_in_a_silenced_home_is_told_when_the_silence_ends_if_it_still_holds(
    stage: Stage,
) -> None:
    out_of_bed_at_night(stage)
    stage.at("02:10").silences("04:00")
    stage.at("02:30")
    assert stage.told() == []
    assert stage.not_told("silenced") == ["assigned"]
    assert stage.reasons() == ["opened", "silenced"]
    alert = stage.alert()
    assert alert["next_due_at"] == "2025-07-22T20:00:00Z", "its next deadline is the end of the silence"
    assert len(alert["owner_ids"]) == 1
    stage.at("03:29")
    assert stage.told() == []
    stage.at("03:30")
    assert stage.told() == ["03:30 desk: silence"], "a warning half an hour before the end"
    stage.at("04:00")
    assert stage.told() == ["04:00 assigned"]
    assert stage.silence()["ending"] == "time"
    stage.at("04:02")
    assert stage.told() == ["04:02 backup", "04:02 neighbour"], "and goes on as ever"


@story("2025-07-23 01:00")
def test_a_silence_stops_an_alert_that_runs_and_whoever_was_called_hears_it(stage: Stage) -> None:
    out_of_bed_at_night(stage)
    stage.at("02:26")
    assert stage.told() == ["02:25 assigned"]
    stage.silences("03:00")
    assert stage.told() == ["02:26 assigned: stand_down"]
    stage.at("02:59")
    assert stage.told() == ["02:30 desk: silence"]
    stage.at("03:00")
    assert stage.told() == ["03:00 assigned"]
    assert stage.reasons() == ["opened", "step_due", "silenced", "silence_over", "step_due"]


@story("2025-07-23 01:00")
def test_what_is_over_when_the_silence_ends_is_told_to_nobody(stage: Stage) -> None:
    out_of_bed_at_night(stage)
    stage.at("02:26")
    stage.told()
    stage.silences("04:00", alert_kind="out-of-bed-at-night")
    stage.told()
    stage.at("02:40").enters_bed()
    stage.at("02:42")
    assert [alert["outcome"] for alert in stage.alerts()] == ["over_by_itself"]
    assert stage.silence()["ending"] == "bed", "and the silence with it: somebody is in bed again"
    assert stage.told() == ["02:42 desk: silence"], "nobody is called to a bed that is not empty"
    stage.at("05:00")
    assert stage.told() == []


@story("2025-07-23 01:00")
def test_a_press_in_a_silenced_home_is_told_as_ever_and_ends_the_silence(stage: Stage) -> None:
    stage.at("02:00").silences("06:00")
    stage.at("02:30").press()
    assert stage.told() == ["02:30 assigned", "02:30 neighbour"]
    assert stage.silence()["ending"] == "press"
    stage.at("02:32")
    assert stage.told() == ["02:32 backup", "02:32 desk"]
    assert stage.not_told("silenced") == []


@story("2025-07-23 01:00")
def test_lifted_by_hand_what_still_holds_is_told_at_once(stage: Stage) -> None:
    out_of_bed_at_night(stage)
    stage.at("02:10").silences("06:00")
    stage.at("03:00").lifts()
    assert stage.told() == ["03:00 assigned"]
    stage.lifts()
    assert stage.told() == [], "twice is once"
    assert stage.silence()["ending"] == "lifted"


@story("2025-07-23 01:00")
def test_an_extended_silence_warns_again_and_ends_later(stage: Stage) -> None:
    out_of_bed_at_night(stage)
    stage.at("02:10").silences("03:00")
    stage.at("02:40").extends_silence("05:00")
    assert stage.told() == ["02:30 desk: silence"]
    assert stage.alert()["next_due_at"] == "2025-07-22T21:00:00Z"
    stage.at("04:59")
    assert stage.told() == ["04:30 desk: silence"]
    stage.at("05:00")
    assert stage.told() == ["05:00 assigned"]


@story("2025-07-23 01:00")
def test_who_has_it_is_left_alone_until_the_silence_is_over(stage: Stage) -> None:
    out_of_bed_at_night(stage)
    stage.at("02:26").does("assigned", "accept")
    stage.told()
    stage.at("02:27").silences("04:00")
    assert stage.told() == [], "whoever is on the way goes on"
    stage.at("03:59")
    assert stage.told() == ["03:30 desk: silence"], "no reminder, no new call"
    stage.at("04:10")
    assert stage.told() == ["04:10 assigned"], "then they are asked as if they had taken it at four"


@story("2025-07-23 01:00")
def test_leaving_the_bed_soon_after_is_being_fetched_and_later_is_being_at_home(stage: Stage) -> None:
    stage.at("02:00").enters_bed()
    stage.at("02:05").silences("08:00")
    stage.at("02:10").leaves_bed()
    assert stage.silence()["running"] is True
    stage.at("03:00").leaves_bed()
    assert stage.silence()["ending"] == "bed"


@story("2025-07-23 10:00")
def test_an_absence_is_warned_of_and_past_its_end_somebody_is_asked_to_look(stage: Stage) -> None:
    stage.goes_away("8h")
    stage.at("15:59")
    assert stage.told() == []
    stage.at("16:00")
    assert stage.told() == ["16:00 desk: silence"]
    stage.at("18:29")
    assert stage.told() == []
    stage.at("18:30")
    assert stage.told() == ["18:30 assigned"]
    assert [alert["kind"] for alert in stage.alerts()] == ["away-overdue"]
    assert stage.silence()["overdue_at"] is not None
    stage.at("18:40").returns()
    assert stage.alerts()[0]["outcome"] == "over_by_itself"
    assert stage.silence()["ending"] == "returned"
    assert stage.told() == ["18:40 assigned: stand_down"]


@story("2025-07-23 10:00")
def test_a_bed_entry_of_somebody_away_records_the_return_and_the_rules_watch_again(stage: Stage) -> None:
    stage.goes_away("30d")
    stage.at("23:00").enters_bed()
    [returned] = [event for event in stage.events() if event["kind"] == "resident.returned"]
    assert returned["origin"] == "house"
    assert stage.told() == ["23:00 desk: silence"]
    stage.at("02:05").leaves_bed()
    stage.at("02:26")
    assert stage.told() == ["02:25 assigned"]


@story("2025-07-23 10:00")
def test_a_press_of_somebody_away_is_told_and_records_the_return(stage: Stage) -> None:
    stage.goes_away("30d")
    stage.at("14:00").press()
    assert stage.told() == ["14:00 assigned"]
    assert [event["kind"] for event in stage.events()][-1] == "resident.returned"


@story("2025-07-23 10:00")
def test_an_absence_of_which_nobody_knew_the_end_is_asked_about_after_a_week(stage: Stage) -> None:
    stage.goes_away()
    stage.day("2025-07-30 10:29")
    assert "away-overdue" not in [alert["kind"] for alert in stage.alerts()]
    assert "08:00 desk: silence" in stage.told()
    stage.day("2025-07-30 10:30")
    assert stage.told() == ["10:30 assigned"]
    assert stage.alerts()[-1]["kind"] == "away-overdue"
