"""A test is told to one person, and everything that makes it doubtful makes it a call for help."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from services.domain.alerts import AlertState, ChangeReason, Outcome
from services.domain.devices import Device, DeviceState
from services.domain.events import Event, Mark, Origin
from services.domain.findings import Finding, Severity
from services.domain.notices import NoticeKind, ReassureState
from services.domain.people import Language, Role, Worker
from services.domain.testing import TestWindow
from services.escalation import actions, holding, joining, testing
from services.escalation.permission import AlreadyClosed, NotAllowed
from services.escalation.policies import Policies
from services.escalation.scene import Scene
from services.escalation.text import message_of
from tests.unit.escalation.cast import (
    BUTTON,
    CIRCLE,
    OUT_OF_BED,
    TEK,
    TWO_IN_THE_AFTERNOON,
    Case,
    finding,
)

MINUTE = timedelta(minutes=1)
MOMENT = timedelta(microseconds=1)


def a_test(case: Case | None = None, tester: Worker = TEK) -> Case:
    """A case that begins as a test, told to Tek."""
    case = case or Case()
    case.findings += 1
    scene = replace(case.scene(), tester=tester)
    case.take(joining.take_in(finding(case.findings, case.now), None, scene))
    return case


def is_real(case: Case) -> bool:
    """Open, by the policy of a call, and told to whoever that calls first, the tester included."""
    alert = case.running
    told = case.told()
    return (alert.test, alert.policy, alert.titles["en"]) == (None, "emergency", "Call button pressed") and (
        told[:2] == ["pema", "tek"]
    )


# ---------------------------------------------------------------------------- told


def test_a_test_is_told_to_its_worker_alone_and_says_what_it_is() -> None:
    case = a_test()
    assert (case.told(NoticeKind.TEST), case.told()) == (["tek"], [])
    assert (case.running.policy, case.running.owner_ids) == ("test", ("tek",))
    assert case.running.titles["en"] == "Test: Call button pressed"
    assert [command.state for command in case.commands] == [ReassureState.HEARD], "the elder hears as ever"


@pytest.mark.parametrize("language", list(Language))
def test_the_message_of_a_test_says_so_in_each_language(language: Language) -> None:
    case = a_test(tester=replace(TEK, language=language))
    message = message_of(case.notices[0])
    word = {"zh-CN": "测试", "bo": "ཚོད་ལྟ", "en": "Test"}[language.value]
    assert message.title.startswith(word)
    assert "卓玛" in message.title
    assert "60" in message.text


def test_what_goes_on_as_real_has_the_texts_of_a_call() -> None:
    case = a_test()
    case.after(minutes=1)
    real = [notice for notice in case.notices if notice.kind is NoticeKind.ALERT]
    assert real
    assert all("测试" not in message_of(notice).text + message_of(notice).title for notice in real)


def test_a_test_of_a_case_without_any_policy_file_is_a_test_and_goes_on() -> None:
    case = a_test(Case(policies=Policies({})))
    assert case.told(NoticeKind.TEST) == ["tek"]
    case.after(minutes=1)
    assert set(case.told()) >= {"pema", "desk", "tek"}, "the last stand calls everybody near"


# ---------------------------------------------------------------------------- answered in time


@pytest.mark.parametrize("who", ["tek", "pema", "desk"])
def test_whoever_accepts_within_the_minute_answers_the_test(who: str) -> None:
    case = a_test()
    case.now += MINUTE - timedelta(milliseconds=1)
    case.accept(who)
    alert = case.running
    assert (alert.state, alert.outcome) == (AlertState.CLOSED, Outcome.TEST)
    assert (alert.accepted_by, alert.closed_by, alert.closed_at) == (who, who, case.now)
    assert alert.deadlines == ()
    assert case.told() == []
    assert case.told(NoticeKind.STAND_DOWN) == ([] if who == "tek" else ["tek"])
    assert case.commands[-1].state is ReassureState.OVER


def test_an_answer_after_exactly_a_minute_takes_a_real_alert() -> None:
    case = a_test()
    case.now += MINUTE
    case.accept("tek")
    alert = case.running
    assert (alert.state, alert.accepted_by, alert.test) == (AlertState.ACCEPTED, "tek", None)
    assert alert.next_due_at is not None
    assert [reason for reason in case.reasons() if reason is not ChangeReason.STEP_DUE] == [
        ChangeReason.OPENED,
        ChangeReason.TEST_UNANSWERED,
        ChangeReason.ACCEPTED,
    ]


def test_whoever_is_there_within_the_minute_answers_and_later_arrives_at_a_real_alert() -> None:
    case = a_test()
    case.arrive("tek")
    assert (case.running.state, case.running.outcome) == (AlertState.CLOSED, Outcome.TEST)
    late = a_test()
    late.now += MINUTE
    late.arrive("tek")
    assert (late.running.state, late.running.test) == (AlertState.ARRIVED, None)


def test_what_was_answered_stays_closed_and_the_next_press_is_a_call() -> None:
    case = a_test()
    case.accept("tek")
    case.after(hours=1)
    assert case.told() == []
    with pytest.raises(AlreadyClosed):
        case.accept("tek")
    case.press()
    assert (case.told(), case.running.test) == (["pema"], None)


def test_who_was_told_of_it_may_close_it_as_a_test_within_the_minute() -> None:
    case = a_test()
    case.now += MINUTE - MOMENT
    case.close("tek", Outcome.TEST)
    assert case.running.outcome is Outcome.TEST
    late = a_test()
    late.now += MINUTE
    with pytest.raises(NotAllowed):
        late.close("tek", Outcome.TEST)


def test_who_was_not_told_of_it_closes_nothing_and_the_tester_nothing_but_a_test() -> None:
    for who, outcome in (("tashi", Outcome.TEST), ("tek", Outcome.HELPED), ("tek", Outcome.FALSE_ALARM)):
        with pytest.raises(NotAllowed):
            a_test().close(who, outcome)


def test_the_desk_closes_it_with_what_it_was() -> None:
    case = a_test()
    desk = case.does("desk", Role.DUTY_DESK)
    case.take(actions.close(case.running, case.scene(), desk, Outcome.HELPED))
    assert (case.running.outcome, case.running.state) == (Outcome.HELPED, AlertState.CLOSED)


# ---------------------------------------------------------------------------- not answered


def test_unanswered_it_is_real_after_a_minute_and_not_before() -> None:
    case = a_test()
    case.after(seconds=60, microseconds=-1)
    assert case.running.test is not None
    case.after(microseconds=1)
    assert is_real(case)
    assert ChangeReason.TEST_UNANSWERED in case.reasons()


def test_what_goes_on_runs_the_whole_policy_from_its_first_step() -> None:
    case = a_test()
    case.after(minutes=1)
    case.told()
    assert case.after(seconds=119).told() == []
    assert case.after(seconds=1).told() == ["tashi", "lhamo"]
    assert case.after(minutes=3).told() == ["norbu", "desk"]


def test_the_minute_counts_from_the_receiving_however_late_it_is_judged() -> None:
    case = Case()
    case.findings = 1
    press = finding(1, case.now)
    case.now += timedelta(seconds=40)
    case.take(joining.take_in(press, None, replace(case.scene(), tester=TEK)))
    assert case.after(seconds=20).told() == ["pema", "tek"]


# ---------------------------------------------------------------------------- in doubt


def test_a_second_press_waits_with_the_first_and_never_delays_the_minute() -> None:
    case = a_test()
    due_at = case.running.next_due_at
    case.after(seconds=59)
    case.press()
    assert (case.running.next_due_at, case.told(), case.told(NoticeKind.JOINED)) == (due_at, [], [])
    case.after(seconds=1)
    assert is_real(case)


def test_a_third_press_is_a_call_at_once() -> None:
    case = a_test()
    for _ in range(2):
        case.after(seconds=5)
        case.press()
    assert is_real(case)
    assert ChangeReason.TEST_IN_DOUBT in case.reasons()


def test_one_press_that_several_rules_take_is_one_press() -> None:
    case = a_test()
    case.press()
    case.press()
    assert case.running.test is not None


@pytest.mark.parametrize("fields", [{"device_id": "other"}, OUT_OF_BED, {"device_id": None}])
def test_a_fact_of_anything_else_is_a_call_at_once(fields: dict[str, object]) -> None:
    case = a_test()
    case.find(**{**fields, "alert_kind": "call-button"})
    assert is_real(case)


@pytest.mark.parametrize("who", ["tek", "desk", "pema", "lhamo"])
def test_anybody_may_say_that_it_is_real(who: str) -> None:
    case = a_test()
    case.take(testing.say_real(case.running, case.scene(), case.does(who)))
    assert is_real(case)
    said = next(change for change in case.changes if change.reason is ChangeReason.SAID_TO_BE_REAL)
    assert said.by == who
    again = testing.say_real(case.running, case.scene(), case.does(who))
    assert again.is_nothing, "a repeat changes nothing"


def test_a_tester_who_says_not_i_makes_it_a_call_at_once() -> None:
    case = a_test()
    case.decline("tek")
    assert is_real(case)


def test_somebody_else_who_says_not_i_changes_nothing_and_is_called_when_it_is_real() -> None:
    case = a_test()
    case.decline("pema")
    assert case.running.test is not None
    case.after(minutes=1)
    assert is_real(case)


def test_a_tester_who_cannot_be_reached_makes_it_a_call_at_once() -> None:
    case = a_test()
    case.fails("tek")
    assert is_real(case)


def test_a_tester_who_is_switched_off_makes_it_a_call_at_once() -> None:
    case = a_test()
    left = tuple(replace(each, active=False) if each is TEK else each for each in CIRCLE.workers)
    case.circle = replace(CIRCLE, workers=left)
    case.take(holding.worker_gone(case.running, case.scene(), "tek", "ada"))
    assert (case.running.test, case.told()) == (None, ["pema"])


def test_somebody_else_who_is_switched_off_leaves_the_test_as_it_is() -> None:
    case = a_test()
    assert holding.worker_gone(case.running, case.scene(), "pema", "ada").is_nothing


def test_a_clock_that_is_set_back_makes_it_a_call() -> None:
    case = a_test()
    assert testing.clock_set_back(case.running, case.scene()).is_nothing
    case.now -= MOMENT
    case.take(testing.clock_set_back(case.running, case.scene()))
    assert is_real(case)


# ---------------------------------------------------------------------------- what is a test at all

NOW = TWO_IN_THE_AFTERNOON
PRESS = finding(1, NOW)
EVENT = Event(
    "evt_1",
    "call_button.pressed",
    NOW,
    NOW,
    Origin.DEVICE,
    resident_id="dolma",
    device_id="button",
    marks=(Mark.IN_TEST_WINDOW,),
)
HUNG = replace(BUTTON, test_window=TestWindow("tek", NOW - MINUTE, NOW + MINUTE))


def judged(
    press: Finding = PRESS,
    event: Event | None = EVENT,
    device: Device | None = HUNG,
    scene: Scene | None = None,
) -> Worker | None:
    return testing.tester_of(press, event, device, scene or Case(now=NOW).scene())


def test_a_marked_press_in_an_open_window_is_told_to_its_worker() -> None:
    assert judged() == TEK


@pytest.mark.parametrize("mark", [Mark.UNCONFIRMED, Mark.REPLAYED, Mark.TOLD_WITHOUT_STORE])
def test_copies_and_what_was_told_already_are_no_tests(mark: Mark) -> None:
    assert judged(event=replace(EVENT, marks=(Mark.IN_TEST_WINDOW, mark))) is None


def test_a_press_that_was_not_in_the_window_when_it_came_is_no_test() -> None:
    assert judged(event=replace(EVENT, marks=())) is None
    assert judged(event=None) is None


@pytest.mark.parametrize(
    "window",
    [
        None,
        TestWindow("tek", NOW, NOW + MINUTE),
        TestWindow("tek", NOW + MOMENT, NOW + MINUTE),
        TestWindow("tek", NOW - MINUTE, NOW),
        TestWindow("nobody", NOW - MINUTE, NOW + MINUTE),
    ],
)
def test_without_a_window_around_it_a_press_is_no_test(window: TestWindow | None) -> None:
    assert judged(device=replace(BUTTON, test_window=window)) is None


@pytest.mark.parametrize(
    "device", [None, replace(HUNG, state=DeviceState.RETIRED), replace(HUNG, resident_id="somebody else")]
)
def test_a_device_that_hangs_there_no_more_tests_nothing(device: Device | None) -> None:
    assert judged(device=device) is None


@pytest.mark.parametrize("tester", [replace(TEK, active=False), replace(TEK, channels=())])
def test_a_worker_who_cannot_be_told_tests_nothing(tester: Worker) -> None:
    people = tuple(tester if each is TEK else each for each in CIRCLE.workers)
    assert judged(scene=Case(now=NOW, circle=replace(CIRCLE, workers=people)).scene()) is None


@pytest.mark.parametrize("fields", [{"is_alarm": False}, {"severity": Severity.MEDIUM}])
def test_only_a_call_for_help_can_be_a_test(fields: dict[str, object]) -> None:
    assert judged(replace(PRESS, **fields)) is None  # type: ignore[arg-type]


def test_what_is_judged_after_its_minute_or_before_it_was_received_is_no_test() -> None:
    for late, tester in ((MINUTE - MOMENT, TEK), (MINUTE, None), (-MOMENT, None)):
        assert judged(scene=Case(now=NOW + late).scene()) == tester
