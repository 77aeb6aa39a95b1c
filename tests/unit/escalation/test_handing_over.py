"""Handing over, declining and more time: whose an alert is meanwhile, and what ends by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from services.domain.alerts import AlertState, ChangeReason, DeadlineKind
from services.domain.notices import NoticeKind, NoticeReason, NoticeState
from services.domain.people import Contact
from services.escalation import handing_over, holding
from services.escalation.deadlines import may_extend_by
from services.escalation.permission import NotAllowed
from services.escalation.policies import Relation
from services.escalation.routing import route
from tests.unit.escalation.cast import CIRCLE, DOLMA, EVERYBODY, NIGHT, ROUTINE, Case

MINUTE = timedelta(minutes=1)


@pytest.fixture
def case() -> Case:
    case = Case()
    case.press()
    case.accept("pema")
    case.told()
    return case


def asks(case: Case, who: str, to: str) -> None:
    case.take(handing_over.handover(case.running, case.scene(), case.does(who), to))


def extends(case: Case, minutes: int) -> None:
    by_for = timedelta(minutes=minutes)
    case.take(holding.extend(case.running, case.scene(), case.does("pema"), by_for))


def kinds(case: Case) -> list[DeadlineKind]:
    return [each.kind for each in case.running.deadlines]


def test_a_handover_ends_exactly_when_its_answer_was_due(case: Case) -> None:
    asks(case, "pema", "yonten")
    case.told(NoticeKind.HANDOVER)
    case.after(minutes=4, seconds=59)
    assert case.told(NoticeKind.HANDOVER) == []
    case.after(seconds=1)
    assert (case.running.handover_to, case.running.accepted_by) == (None, "pema")
    assert case.told(NoticeKind.HANDOVER) == ["pema"]
    assert case.told(NoticeKind.STAND_DOWN)[-1] == "yonten"
    assert case.reasons()[-1] is ChangeReason.HANDOVER_UNANSWERED
    assert DeadlineKind.HANDOVER not in kinds(case)


def test_whoever_is_asked_in_the_place_of_another_has_the_whole_time_and_the_other_may_rest(
    case: Case,
) -> None:
    asks(case, "pema", "yonten")
    case.after(minutes=4).told(NoticeKind.STAND_DOWN)
    asks(case, "pema", "norbu")
    assert case.told(NoticeKind.STAND_DOWN) == ["yonten"]
    assert kinds(case).count(DeadlineKind.HANDOVER) == 1
    case.after(minutes=4)
    assert case.running.handover_to == "norbu"


def test_an_arrival_does_not_take_the_question_back(case: Case) -> None:
    asks(case, "pema", "yonten")
    case.arrive("pema")
    assert DeadlineKind.HANDOVER in kinds(case)
    case.after(minutes=5)
    assert (case.state(), case.running.handover_to) == (AlertState.ARRIVED, None)


def test_who_accepts_in_time_is_not_asked_any_more(case: Case) -> None:
    asks(case, "pema", "yonten")
    case.accept("yonten")
    assert DeadlineKind.HANDOVER not in kinds(case)
    case.decline("yonten")
    assert DeadlineKind.HANDOVER not in kinds(case)


def test_a_no_ends_the_question(case: Case) -> None:
    asks(case, "pema", "yonten")
    case.decline("yonten")
    assert DeadlineKind.HANDOVER not in kinds(case)
    assert case.reasons()[-1] is ChangeReason.DECLINED


def test_a_handover_that_reaches_nobody_comes_back_at_once(case: Case) -> None:
    asks(case, "pema", "yonten")
    case.told(NoticeKind.HANDOVER)
    case.fails("yonten")
    assert case.running.handover_to is None
    assert case.told(NoticeKind.HANDOVER) == ["pema"]


def test_a_failed_call_of_somebody_else_leaves_the_question_open(case: Case) -> None:
    asks(case, "pema", "yonten")
    case.fails("pema")
    assert case.running.handover_to == "yonten"


def test_who_is_asked_again_is_waited_for_by_the_newest_call_alone(case: Case) -> None:
    asks(case, "pema", "yonten")
    case.fails("yonten")
    case.after(minutes=1)
    asks(case, "pema", "yonten")
    case.fails("pema")
    assert case.running.handover_to == "yonten", "that they could not be reached before says nothing now"
    case.fails("yonten")
    assert case.running.handover_to is None


def test_who_leaves_the_house_while_asked_is_not_waited_for(case: Case) -> None:
    asks(case, "pema", "yonten")
    case.told(NoticeKind.HANDOVER)
    case.take(holding.worker_gone(case.running, case.scene(), "yonten", "mani"))
    assert case.running.handover_to is None
    assert case.told(NoticeKind.HANDOVER) == ["pema"]


def test_more_time_is_bounded_at_a_time_and_in_all(case: Case) -> None:
    assert may_extend_by(case.running, case.scene()) == 30 * MINUTE
    extends(case, 30)
    extends(case, 20)
    assert may_extend_by(case.running, case.scene()) == 10 * MINUTE
    with pytest.raises(NotAllowed):
        extends(case, 11)
    extends(case, 10)
    assert may_extend_by(case.running, case.scene()) == timedelta()
    assert [each.due_at for each in case.running.deadlines if each.kind is DeadlineKind.ARRIVAL] == [
        case.now + 80 * MINUTE
    ]


def test_who_is_there_may_ask_for_time_again_after_each_reminder(case: Case) -> None:
    case.arrive("pema")
    extends(case, 30)
    case.after(hours=2, minutes=29, seconds=59)
    assert case.told() == []
    case.after(seconds=1)
    assert case.told() == ["pema", "desk"]
    assert may_extend_by(case.running, case.scene()) == 30 * MINUTE


def test_when_one_said_no_and_the_last_cannot_be_reached_the_next_are_told_at_once() -> None:
    case = Case(now=NIGHT)
    case.press(policy="night-emergency")
    assert case.told() == ["pema", "lhamo"]
    case.decline("pema")
    assert case.told() == []
    case.fails("lhamo")
    assert case.told() == ["tashi", "desk"]


def test_a_no_at_night_wakes_nobody_of_a_routine_matter_before_the_morning() -> None:
    case = Case(now=NIGHT - timedelta(hours=4, minutes=20))  # 21:53
    case.press(**ROUTINE)
    assert case.told() == ["pema"]
    case.after(minutes=10).decline("pema")
    assert case.told() == []
    assert case.running.owner_ids == ("tashi",)
    assert case.running.next_due_at is not None
    case.after(hours=8, minutes=56)
    assert case.told() == []
    case.after(minutes=1)
    assert case.told() == ["tashi"]


def test_of_the_family_who_cannot_be_told_is_named_with_the_reason() -> None:
    contacts = (Contact("德吉", "女儿"), Contact("扎西", "儿子", CIRCLE.workers[0].channels))
    case = Case(circle=replace(CIRCLE, resident=replace(DOLMA, contacts=contacts)))
    found = route((Relation.EMERGENCY_CONTACT,), case.scene())
    assert [each.key for each in found.recipients] == ["contact:扎西"]
    assert [(each.contact, each.reason) for each in found.not_told] == [("德吉", NoticeReason.NO_CHANNEL)]
    alone = Case(circle=replace(CIRCLE, workers=EVERYBODY))
    missed = route((Relation.EMERGENCY_CONTACT,), alone.scene()).not_told
    assert [each.reason for each in missed] == [NoticeReason.NOT_ASSIGNED]


def test_nobody_hears_of_a_handover_s_end_twice(case: Case) -> None:
    asks(case, "pema", "yonten")
    case.after(minutes=30)
    ended = [
        notice
        for notice in case.notices
        if notice.reason is NoticeReason.HANDOVER_UNANSWERED and notice.state is not NoticeState.NOT_SENT
    ]
    assert len(ended) == 1
