"""Stages: accepting is not arriving, and arriving is not the end."""

from dataclasses import replace
from datetime import timedelta

from services.domain.alerts import AlertState, ChangeReason
from services.domain.notices import NoticeReason, ReassureState
from tests.unit.escalation.cast import CIRCLE, NOBODY, PEMA, ROUTINE, Case


def test_who_accepted_and_has_not_arrived_is_reminded_after_ten_minutes() -> None:
    case = Case()
    case.press()
    case.accept("pema")
    case.told()
    assert case.after(minutes=9, seconds=59).told() == []
    assert case.after(seconds=1).told() == ["pema"]
    assert case.notices[-1].reason is NoticeReason.REMINDER
    assert case.state() is AlertState.ACCEPTED


def test_who_accepted_and_has_not_arrived_after_twenty_minutes_no_longer_has_it() -> None:
    case = Case()
    case.press()
    case.after(minutes=2)
    case.accept("tashi")
    case.after(minutes=19, seconds=59).told()
    assert case.after(seconds=1).told() == ["pema", "tashi"]
    assert case.state() is AlertState.OPEN
    assert case.running.accepted_by is None
    assert ChangeReason.NOT_ARRIVED in case.reasons()
    assert case.commands[-1].state is ReassureState.HEARD
    assert case.after(minutes=2).told() == ["tashi", "lhamo"]


def test_deadlines_that_passed_meanwhile_are_met_in_the_order_in_which_they_were_due() -> None:
    case = Case()
    case.press()
    case.accept("pema")
    case.now += timedelta(minutes=30)
    case.after(minutes=0)
    assert case.reasons()[-3:] == [
        ChangeReason.NOT_ARRIVED_REMINDED,
        ChangeReason.NOT_ARRIVED,
        ChangeReason.STEP_DUE,
    ]


def test_who_arrived_is_not_reminded_of_arriving() -> None:
    case = Case()
    case.press()
    case.arrive("pema")
    case.told()
    assert case.after(minutes=119).told() == []


def test_an_arrival_without_an_end_is_told_to_holder_and_desk_after_two_hours_and_each_hour() -> None:
    case = Case()
    case.press()
    case.arrive("pema")
    case.told()
    assert case.after(hours=2).told() == ["pema", "desk"]
    assert case.after(minutes=59).told() == []
    assert case.after(minutes=1).told() == ["pema", "desk"]
    assert case.state() is AlertState.ARRIVED


def test_a_reminder_that_finds_nobody_goes_to_the_last_resort() -> None:
    case = Case()
    case.press()
    case.arrive("pema")
    case.told()
    case.circle = NOBODY
    assert case.after(hours=2).told() == ["last_resort"]


def test_a_routine_alert_needs_no_arrival_and_comes_again_after_a_day() -> None:
    case = Case()
    case.find(**ROUTINE)
    case.accept("tashi")
    case.told()
    assert case.after(hours=23, minutes=59).told() == []
    assert case.after(minutes=1).told() == ["pema", "tashi"]
    assert ChangeReason.NOT_CLOSED in case.reasons()


def test_a_routine_alert_does_not_come_again_in_quiet_hours() -> None:
    case = Case()
    case.now += timedelta(hours=7)  # 21:00
    case.find(**ROUTINE)
    case.after(minutes=90)
    case.circle = replace(CIRCLE)
    case.accept("pema")  # 22:30
    case.told()
    assert case.after(hours=24).told() == []
    assert case.after(hours=8, minutes=30).told() == ["pema"]  # 07:00


def test_the_reminder_of_a_holder_who_is_gone_goes_to_the_manager_and_the_policy_runs_again() -> None:
    case = Case()
    case.press()
    case.accept("tashi")
    gone = tuple(replace(each, active=each.id != "tashi") for each in CIRCLE.workers)
    case.circle = replace(CIRCLE, workers=gone, assigned=PEMA)
    case.told()
    assert case.after(minutes=20).told() == ["mani", "pema"]
