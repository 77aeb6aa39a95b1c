"""The judge of a cell, on doctored alert logs: whatever is lost, doubled, late or told to somebody else is
found.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from devices.simulator.happenings import Happening, What
from devices.simulator.local_time import Frame
from devices.simulator.matrix.allowances import ALLOWANCES, LATE_BY
from devices.simulator.matrix.differences import How, differences
from devices.simulator.matrix.faults import FAULTS
from devices.simulator.matrix.judging import Cell, Mark, judge
from devices.simulator.matrix.outcome import Entry, outcome_of
from tests.unit.simulator.stories import scenario

START = datetime(2025, 7, 22, 18, 13, tzinfo=UTC)
ENDS_AT = START + timedelta(hours=2)
FRAME: Frame = scenario().frame
MAY_CHANGE_NOTHING = sorted(set(FAULTS) - set(ALLOWANCES))


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def alert(seconds: float, kind: str = "call-button", until: float | None = 1500) -> Entry:
    details = (("severity", "high"), ("outcome", "none" if until is None else "hospital"))
    return Entry(What.ALERT, ("deji", kind), at(seconds), details, None if until is None else at(until))


def told(who: str, seconds: float, notice: str = "alert", kind: str = "call-button") -> Entry:
    return Entry(What.NOTICE, (who, notice, kind), at(seconds), (("reached", "yes"),))


CALL = alert(0)
CLEAN = (CALL, told("norbu", 0), told("pema", 0), told("pema", 40, "stand_down"))
WATCHED = (*CLEAN, alert(600, "out-of-bed-at-night"), told("norbu", 600, kind="out-of-bed-at-night"))


def cell(
    fault: str,
    faulty: Sequence[Entry],
    clean: Sequence[Entry] = CLEAN,
    struck_at: datetime | None = None,
) -> Cell:
    return judge(fault, clean, faulty, ENDS_AT, struck_at)


def said(judged: Cell) -> list[str]:
    return [each.difference.say(FRAME) for each in judged.faults]


def without(entry: Entry, log: Sequence[Entry] = CLEAN) -> tuple[Entry, ...]:
    return tuple(each for each in log if each is not entry)


@pytest.mark.parametrize("fault", FAULTS)
def test_the_same_log_is_the_same_under_every_fault(fault: str) -> None:
    assert cell(fault, CLEAN).mark is Mark.SAME


@pytest.mark.parametrize("fault", FAULTS)
def test_a_lost_call_fails_whatever_the_fault(fault: str) -> None:
    judged = cell(fault, [])
    assert judged.mark is Mark.FAIL
    assert len(judged.faults) == len(CLEAN)
    assert {each.because for each in judged.faults} == {
        "a call may never be lost, and whoever is to hear of it must"
    }


@pytest.mark.parametrize("fault", FAULTS)
def test_a_doubled_call_fails_whatever_the_fault(fault: str) -> None:
    judged = cell(fault, (*CLEAN, replace(CALL, at=at(5))))
    assert [each.because for each in judged.faults] == [
        "an alert was doubled: another of the same matter still runs"
    ]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_doubled_alert_of_a_watch_fails_as_well(fault: str) -> None:
    faulty = (*WATCHED, replace(WATCHED[4], at=at(700)))
    assert cell(fault, faulty, WATCHED).mark is Mark.FAIL


@pytest.mark.parametrize("fault", FAULTS)
def test_who_is_told_twice_of_a_call_fails_whatever_the_fault(fault: str) -> None:
    assert cell(fault, (*CLEAN, told("norbu", 1))).mark is Mark.FAIL


@pytest.mark.parametrize("fault", FAULTS)
def test_another_person_told_of_a_call_fails_and_the_nearest_is_named(fault: str) -> None:
    judged = cell(fault, (*without(CLEAN[2]), told("lhamo", 0)))
    assert said(judged) == [
        f"+1 day 02:13 {difference}; nearest: +1 day 02:13 norbu told (alert) of call-button"
        for difference in (
            "lhamo told (alert) of call-button: added",
            "pema told (alert) of call-button: missing",
        )
    ]


@pytest.mark.parametrize("fault", MAY_CHANGE_NOTHING)
def test_a_second_late_fails_where_the_fault_may_change_nothing(fault: str) -> None:
    judged = cell(fault, (*without(CLEAN[1]), told("norbu", 1)))
    assert said(judged) == ["+1 day 02:13 norbu told (alert) of call-button: 1 s later"]
    assert [each.because for each in judged.faults] == [f"no row allows this to {fault}"]


@pytest.mark.parametrize("fault", MAY_CHANGE_NOTHING)
def test_a_watch_that_comes_to_nothing_fails_where_the_fault_may_change_nothing(fault: str) -> None:
    assert cell(fault, CLEAN, WATCHED).mark is Mark.FAIL


def moved(log: Sequence[Entry], by: timedelta) -> list[Entry]:
    return [
        replace(each, at=each.at + by, until_at=None if each.until_at is None else each.until_at + by)
        for each in log
    ]


def test_a_call_that_was_received_late_may_be_told_as_late_and_no_second_more() -> None:
    assert cell("late", moved(CLEAN, LATE_BY)).mark is Mark.ALLOWED
    assert cell("late", moved(CLEAN, LATE_BY + timedelta(seconds=1))).mark is Mark.FAIL


def test_nobody_is_told_of_a_call_before_it_was_made() -> None:
    judged = cell("late", moved(CLEAN, timedelta(seconds=-1)))
    assert {each.difference.how for each in judged.faults} == {How.EARLIER}


def test_a_wrong_clock_may_change_what_is_watched_and_no_call() -> None:
    assert cell("clock-ahead", CLEAN, WATCHED).mark is Mark.ALLOWED
    assert cell("clock-ahead", moved(CLEAN, timedelta(seconds=1)), CLEAN).mark is Mark.FAIL


STRIKING = ("late", "reconnect-storm", "connection-cut")


@pytest.mark.parametrize("fault", STRIKING)
def test_a_watch_may_be_lost_or_added_from_the_first_blow_on_and_not_a_second_before(fault: str) -> None:
    for faulty, clean in ((CLEAN, WATCHED), (WATCHED, CLEAN)):
        assert cell(fault, faulty, clean, at(600)).mark is Mark.ALLOWED
        assert cell(fault, faulty, clean, at(601)).mark is Mark.FAIL


@pytest.mark.parametrize("fault", STRIKING)
def test_a_watch_that_was_there_before_the_first_blow_may_end_otherwise(fault: str) -> None:
    other = replace(WATCHED[4], details=(("severity", "high"), ("outcome", "over_by_itself")))
    assert cell(fault, (*CLEAN, other, WATCHED[5]), WATCHED, at(700)).mark is Mark.ALLOWED


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("kind", ["twice-monthly-visit", "battery-low", "medication-due"])
def test_what_people_record_is_never_lost_or_added_by_a_fault_of_devices(fault: str, kind: str) -> None:
    recorded = (*CLEAN, alert(600, kind), told("norbu", 600, kind=kind))
    assert cell(fault, CLEAN, recorded).mark is Mark.FAIL
    assert cell(fault, recorded, CLEAN).mark is Mark.FAIL


def test_a_clock_that_is_ahead_takes_watches_away_and_never_adds_or_moves_one() -> None:
    assert cell("clock-ahead", WATCHED, CLEAN).mark is Mark.FAIL
    assert cell("clock-ahead", (*CLEAN, *moved(WATCHED[4:], timedelta(seconds=1))), WATCHED).mark is Mark.FAIL


def test_what_overtakes_may_not_lose_the_only_time_that_somebody_was_out_of_bed() -> None:
    assert cell("out-of-order", CLEAN, WATCHED).mark is Mark.FAIL
    again = (*WATCHED, *moved(WATCHED[4:], timedelta(seconds=3000)))
    assert cell("out-of-order", WATCHED, again).mark is Mark.ALLOWED


@pytest.mark.parametrize("fault", ["clock-ahead", "clock-behind"])
def test_a_wrong_clock_changes_nothing_about_silence(fault: str) -> None:
    silent = (*CLEAN, alert(600, "device-silent"))
    assert cell(fault, CLEAN, silent).mark is Mark.FAIL


def test_silence_may_be_found_as_much_later_as_the_newest_message_came_and_is_never_lost() -> None:
    silent = (*CLEAN, alert(600, "device-silent"))
    assert cell("late", (*CLEAN, *moved(silent[4:], LATE_BY)), silent).mark is Mark.ALLOWED
    more = LATE_BY + timedelta(seconds=1)
    assert cell("late", (*CLEAN, *moved(silent[4:], more)), silent).mark is Mark.FAIL
    assert cell("late", CLEAN, silent).mark is Mark.FAIL


def test_an_alert_of_another_severity_or_end_is_said_with_both() -> None:
    other = replace(CALL, details=(("severity", "medium"), ("outcome", "helped")))
    assert said(cell("duplicate", (other, *CLEAN[1:]))) == [
        "+1 day 02:13 alert call-button about deji: severity medium, not high; outcome helped, not hospital"
    ]


def test_what_would_come_late_and_lies_behind_the_end_of_the_story_is_not_lost() -> None:
    ends_at = at(1500)
    judged = judge(
        "late", CLEAN, [alert(120, until=None), *moved(CLEAN[1:], timedelta(seconds=120))], ends_at
    )
    assert judged.mark is Mark.ALLOWED
    assert judge("late", CLEAN, [alert(0, until=None), *CLEAN[1:]], ENDS_AT).mark is Mark.FAIL


def test_of_several_of_one_name_the_nearest_in_time_are_held_against_each_other() -> None:
    first, second = told("desk", 0), told("desk", 300)
    [difference] = differences([first, second], [told("desk", 301), first])
    assert (difference.clean, difference.by) == (second, timedelta(seconds=1))


def test_who_is_told_again_and_again_and_of_all_of_it_late_is_told_each_time_late() -> None:
    clean = [CALL, *(told("pema", 60.0 * minute) for minute in range(12))]
    judged = cell("late", moved(clean, LATE_BY), clean)
    assert (judged.mark, judged.faults) == (Mark.ALLOWED, ())


def test_who_is_called_more_often_by_what_may_be_added_may_be_said_to_have_too_many_pages() -> None:
    more = (*WATCHED, alert(660, "pages-at-night", None), told("desk", 660, kind="pages-at-night"))
    assert cell("out-of-order", more, WATCHED).mark is Mark.ALLOWED
    assert cell("duplicate", more, WATCHED).mark is Mark.FAIL


def hears(*states: str, seconds: float = 1500) -> Entry:
    return Entry(What.COMMAND, ("button",), at(seconds), tuple(("hears", state) for state in states))


ALL = hears("heard", "coming", "arrived", "over")
AWAY_FOR_A_WHILE = ["connection-cut", "reconnect-storm"]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_device_that_hears_the_same_in_order_is_the_same_whenever_it_hears_it(fault: str) -> None:
    assert cell(fault, [replace(ALL, at=at(1700))], [ALL]).mark is Mark.SAME


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(
    "heard",
    [
        hears("heard", "coming"),
        hears("heard", "arrived", "coming", "over"),
        hears("heard", "coming", "heard", "over"),
    ],
)
def test_a_device_that_hears_another_end_or_something_else_fails_whatever_the_fault(
    fault: str, heard: Entry
) -> None:
    judged = cell(fault, [heard], [ALL])
    assert said(judged) == [
        f"+1 day 02:38 button hears {', '.join(heard.heard)}, not heard, coming, arrived, over"
    ]
    assert cell(fault, [], [ALL]).mark is Mark.FAIL
    assert cell(fault, [ALL], []).mark is Mark.FAIL


@pytest.mark.parametrize("fault", FAULTS)
def test_what_was_said_to_a_device_that_was_away_it_may_miss(fault: str) -> None:
    mark = Mark.ALLOWED if fault in AWAY_FOR_A_WHILE else Mark.FAIL
    assert cell(fault, [hears("heard", "arrived", "over")], [ALL]).mark is mark


def test_what_a_device_would_hear_behind_the_end_of_the_story_is_not_lost() -> None:
    begun, seconds = hears("heard", "coming"), (ENDS_AT - START).total_seconds()
    near, early = (replace(ALL, at=at(seconds - before)) for before in (60, 600))
    assert cell("late", [begun], [near]).mark is Mark.ALLOWED
    assert cell("late", [begun], [early]).mark is Mark.FAIL
    assert cell("duplicate", [begun], [near]).mark is Mark.FAIL


def test_the_same_state_said_once_more_is_no_other_word() -> None:
    words = [
        Happening(at(second), What.COMMAND, "button", "", {"device": "button", "hears": state})
        for second, state in enumerate(["heard", "heard", "coming", "heard", "over"])
    ]
    [entry] = outcome_of(words)
    assert entry.heard == ("heard", "coming", "heard", "over")
    assert str(entry) == "button hears heard, coming, heard, over"


def test_an_outcome_is_made_of_alerts_and_of_who_was_told_or_not() -> None:
    fields = {"alert": "fall", "about": "deji", "severity": "high"}
    unheard = {"told": "desk", "notice": "alert", "alert": "fall", "reached": "no", "tried": "no"}
    log = outcome_of(
        [
            Happening(at(1), What.NOTICE, "desk", "not told", unheard),
            Happening(at(1), What.ALERT, "deji", "alert fall", fields),
            Happening(at(0), What.EVENT, "deji", "falls"),
        ]
    )
    assert [str(each) for each in log] == ["alert fall about deji", "desk not told (alert) of fall"]
