"""Joining: a press is never somebody else's business."""

from dataclasses import replace
from datetime import timedelta

from services.domain.alerts import AlertState, ChangeReason
from services.domain.findings import FindingState, Severity
from services.domain.notices import NoticeKind, NoticeReason, ReassureState
from tests.unit.escalation.cast import CIRCLE, OUT_OF_BED, PEMA, ROUTINE, TASHI, Case


def test_a_second_press_joins_the_running_alert_and_is_counted() -> None:
    case = Case()
    first = case.press().alert
    case.after(seconds=30)
    assert case.press().alert.id == first.id
    assert len(case.running.facts) == 2
    joined = next(change for change in case.changes if change.reason is ChangeReason.JOINED)
    assert joined.detail["presses"] == 2


def test_a_press_that_joins_an_open_alert_tells_all_who_were_told() -> None:
    case = Case()
    case.press()
    case.after(minutes=3)
    case.press()
    assert case.told(NoticeKind.JOINED) == ["pema", "tashi", "lhamo"]


def test_a_press_that_joins_does_not_start_the_wait_of_the_step_anew() -> None:
    case = Case()
    case.press()
    due_at = case.running.next_due_at
    case.after(seconds=90)
    case.press()
    assert case.running.next_due_at == due_at
    case.told()
    assert case.after(seconds=30).told() == ["tashi", "lhamo"]


def test_joined_presses_tell_a_person_at_most_once_a_minute() -> None:
    case = Case()
    case.press()
    for seconds in (10, 30, 29):
        case.after(seconds=seconds)
        case.press()
    assert case.told(NoticeKind.JOINED) == ["pema"]
    assert case.not_told(NoticeReason.TOLD_A_MOMENT_AGO) == ["pema", "pema"]
    case.after(seconds=1)
    case.press()
    assert case.told(NoticeKind.JOINED) == ["pema"]
    assert case.notices[-1].text["presses"] == "5"


def test_presses_of_unknown_origin_are_each_told_for_they_may_be_calls_of_several() -> None:
    nobody = replace(CIRCLE, resident=None, residents=(), home=None, assigned=None, neighbour=None)
    case = Case(circle=nobody)
    for _ in range(3):
        case.press(resident_id=None, device_id=None, home_id=None)
        case.after(seconds=5)
    assert case.told() == ["desk"]
    assert case.told(NoticeKind.JOINED) == ["desk", "desk"]


def test_a_press_after_accepting_is_told_to_the_holder_alone() -> None:
    case = Case()
    case.press()
    case.after(minutes=2)
    case.accept("tashi")
    case.press()
    assert case.told(NoticeKind.JOINED) == ["tashi"]
    assert case.state() is AlertState.ACCEPTED


def test_a_holder_who_does_not_answer_within_two_minutes_is_asked_with_the_first_step_again() -> None:
    case = Case()
    case.press()
    case.after(minutes=2)
    case.accept("tashi")
    case.told()
    case.after(minutes=1)
    case.press()
    assert case.after(seconds=119).told() == []
    assert case.state() is AlertState.ACCEPTED
    assert case.after(seconds=1).told() == ["pema", "tashi"]
    assert case.state() is AlertState.OPEN
    assert case.running.run == 2
    assert case.running.owner_ids == ("pema", "tashi")
    assert case.reasons()[-2:] == [ChangeReason.NOT_ANSWERED_AGAIN, ChangeReason.STEP_DUE]


def test_a_holder_who_answers_a_joined_press_keeps_the_alert() -> None:
    case = Case()
    case.press()
    case.accept("pema")
    case.press()
    case.after(minutes=1)
    case.accept("pema")
    case.told()
    assert case.after(minutes=8).told() == []
    assert case.running.accepted_by == "pema"


def test_a_second_joined_press_does_not_give_the_holder_more_time() -> None:
    case = Case()
    case.press()
    case.accept("pema")
    case.press()
    case.after(seconds=90)
    case.press()
    case.after(seconds=30)
    assert case.state() is AlertState.OPEN


def test_soon_after_arriving_a_press_waits_for_the_holder_as_when_accepted() -> None:
    case = Case()
    case.press()
    case.arrive("pema")
    case.told()
    case.after(minutes=14, seconds=59)
    case.press()
    assert case.told(NoticeKind.JOINED) == ["pema"]
    case.told()
    assert case.after(seconds=119).told() == []
    assert case.state() is AlertState.ARRIVED
    assert case.after(seconds=1).told() == ["pema"]
    assert case.state() is AlertState.OPEN
    assert case.commands[-1].state is ReassureState.HEARD


def test_a_press_fifteen_minutes_after_arriving_opens_the_alert_again_at_once() -> None:
    case = Case()
    case.press()
    case.arrive("pema")
    case.told()
    case.after(minutes=15)
    case.press()
    assert case.told() == ["pema"]
    assert case.state() is AlertState.OPEN
    assert ChangeReason.PRESSED_AGAIN in case.reasons()
    assert case.commands[-1].state is ReassureState.HEARD


def test_a_holder_without_any_channel_is_not_waited_for() -> None:
    case = Case()
    case.press()
    case.accept("tashi")
    deaf = replace(TASHI, channels=())
    case.circle = replace(CIRCLE, workers=(PEMA, deaf), backup=deaf)
    case.told()
    case.press()
    assert case.state() is AlertState.OPEN
    assert case.told() == ["pema"]


def test_a_holder_whom_no_channel_reaches_is_not_waited_for() -> None:
    case = Case()
    case.press()
    case.accept("tashi")
    case.press()
    case.told()
    case.fails("tashi")
    assert case.state() is AlertState.OPEN
    assert case.told() == ["pema", "tashi"]


def test_a_press_finds_the_next_step_when_none_of_those_told_can_be_told_any_more() -> None:
    case = Case()
    case.press()
    case.told()
    case.circle = replace(CIRCLE, workers=(replace(PEMA, channels=()), TASHI))
    case.press()
    assert case.told(NoticeKind.JOINED) == []
    assert case.told() == ["tashi", "lhamo"]


def test_a_finding_of_higher_severity_raises_the_alert_and_runs_its_policy_at_once() -> None:
    case = Case()
    case.find(**ROUTINE)
    case.accept("tashi")
    case.told()
    case.find(severity=Severity.HIGH, policy="emergency", is_alarm=False)
    assert case.running.severity is Severity.HIGH
    assert case.running.policy == "emergency"
    assert case.state() is AlertState.OPEN
    assert case.told() == ["pema", "tashi"]
    assert ChangeReason.SEVERITY_RAISED in case.reasons()


def test_a_finding_of_the_same_severity_that_is_no_press_joins_in_silence() -> None:
    case = Case()
    case.find(**ROUTINE)
    case.told()
    case.find(**ROUTINE)
    assert case.told(NoticeKind.JOINED) == []
    assert len(case.running.facts) == 2


def test_a_finding_taken_in_twice_joins_once() -> None:
    case = Case()
    case.press()
    case.findings = 0
    assert case.find() is None


def test_information_and_what_no_longer_holds_raise_no_alert() -> None:
    case = Case()
    assert case.find(severity=Severity.INFO, is_alarm=False) is None
    assert case.find(state=FindingState.STALE, is_alarm=False) is None
    assert case.find(**OUT_OF_BED, state=FindingState.WITHDRAWN) is None
    assert case.alert is None


def test_a_press_raises_an_alert_whatever_its_severity_and_state() -> None:
    case = Case()
    case.press(severity=Severity.INFO, state=FindingState.STALE)
    assert case.running.severity is Severity.HIGH
    assert case.told() == ["pema"]


def test_an_alert_is_opened_under_an_id_made_from_its_finding() -> None:
    once, twice = Case(), Case()
    twice.now += timedelta(seconds=1)
    assert once.press().alert.id == twice.press().alert.id


def test_a_press_says_since_when_and_who_lives_there() -> None:
    case = Case()
    other = replace(CIRCLE.residents[0], id="jigme", name="晋美")
    case.circle = replace(CIRCLE, residents=(*CIRCLE.residents, other))
    case.press(at=case.now - timedelta(minutes=4))
    said = case.notices[0].text
    assert said["who"] == "卓玛、晋美"
    assert said["where"] == "曲扎路 7 号 卧室"
    assert said["since"] == "2025-07-23T05:56:00Z"
    assert said["link"] == f"http://anxin/alerts/{case.running.id}"
