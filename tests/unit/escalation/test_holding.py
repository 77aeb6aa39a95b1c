"""Holding, at its edges: whom a handover names, how much may be added, who is gone; and what acting leaves of
those who declined.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.domain.alerts import AlertState, ChangeReason
from services.domain.notices import NoticeReason
from services.domain.people import Role
from services.escalation import actions, handing_over, holding
from services.escalation.permission import AlreadyAccepted, NotAllowed, Refusal
from tests.unit.escalation.cast import Case


@pytest.fixture
def case() -> Case:
    """A press that pema, tashi and lhamo were told of."""
    started = Case()
    started.press()
    started.after(minutes=2).told()
    return started


def handed_to_yonten(case: Case) -> Case:
    case.accept("pema")
    case.take(handing_over.handover(case.running, case.scene(), case.does("pema"), "yonten"))
    return case


def test_who_declined_and_then_accepts_has_declined_no_more_and_the_others_still_have(case: Case) -> None:
    case.decline("tashi")
    case.decline("pema")
    case.accept("tashi")
    assert list(case.running.declined_by) == ["pema"]
    case.told()
    case.decline("tashi")
    assert list(case.running.declined_by) == ["pema", "tashi"]
    assert case.told() == ["lhamo"], "both steps that name them pass them over"


def test_arriving_twice_changes_nothing(case: Case) -> None:
    case.arrive("tashi")
    move = actions.arrive(case.running, case.scene(), case.does("tashi"))
    assert move.is_nothing


def test_nobody_arrives_where_another_is_there_already(case: Case) -> None:
    case.arrive("tashi")
    with pytest.raises(AlreadyAccepted) as refused:
        case.arrive("pema")
    assert refused.value.accepted_by == "tashi"


def test_arriving_does_not_answer_the_press_of_another_holder(case: Case) -> None:
    case.arrive("tashi")
    case.press()
    with pytest.raises(AlreadyAccepted):
        case.arrive("pema")
    assert case.running.is_pressed_again


@pytest.mark.parametrize(
    ("minutes", "rounds", "not_told"), [(10, 1, []), (19, 2, []), (20, 3, ["yonten"]), (25, 4, [])]
)
def test_who_would_have_come_in_the_next_round_is_recorded_as_not_told(
    case: Case, minutes: int, rounds: int, not_told: list[str]
) -> None:
    """The neighbouring grids join the fourth round of the last step, and are named once it is the next."""
    case.after(minutes=minutes - 2)
    case.accept("tashi")
    assert case.not_told(NoticeReason.ACCEPTED_ALREADY) == not_told
    assert all(each.round == rounds for each in case.notices if each.reason is NoticeReason.ACCEPTED_ALREADY)


def test_where_nobody_is_assigned_the_later_steps_are_recorded_as_they_would_have_come() -> None:
    case = Case()
    case.press(resident_id=None)
    assert case.told() == ["desk"]
    case.accept("desk")
    assert case.not_told(NoticeReason.ACCEPTED_ALREADY) == ["tashi", "lhamo", "norbu", "mani"]


@pytest.mark.parametrize(("over", "is_allowed"), [(0, True), (1, False)])
def test_as_much_as_the_policy_allows_may_be_added_and_not_a_moment_more(
    case: Case, over: int, *, is_allowed: bool
) -> None:
    case.accept("pema")
    before = case.running.next_due_at
    by_for = timedelta(minutes=30, microseconds=over)
    if not is_allowed:
        with pytest.raises(NotAllowed) as refused:
            holding.extend(case.running, case.scene(), case.does("pema"), by_for)
        assert refused.value.refusal is Refusal.TOO_LONG
        return
    case.take(holding.extend(case.running, case.scene(), case.does("pema"), by_for))
    assert before is not None
    assert case.running.next_due_at == before + by_for


def test_a_note_of_somebody_else_answers_no_press(case: Case) -> None:
    case.accept("pema")
    case.press()
    case.take(holding.note(case.running, case.scene(), case.does("tashi"), "I rang, nobody answers"))
    assert case.running.is_pressed_again
    desk = case.does("desk", Role.DUTY_DESK)
    case.take(holding.note(case.running, case.scene(), desk, "Pema said: at the door"))
    assert case.running.is_pressed_again


def test_a_handover_to_somebody_who_is_gone_is_over_and_the_holder_keeps_it(case: Case) -> None:
    handed_to_yonten(case)
    case.take(holding.worker_gone(case.running, case.scene(), "yonten", "mani"))
    assert (case.running.accepted_by, case.running.handover_to) == ("pema", None)
    assert case.state() is AlertState.ACCEPTED


def test_a_handover_waits_on_where_somebody_else_is_gone(case: Case) -> None:
    handed_to_yonten(case)
    move = holding.worker_gone(case.running, case.scene(), "tashi", "mani")
    assert move.is_nothing
    assert move.alert.handover_to == "yonten"


def test_one_of_several_owners_who_is_gone_leaves_it_to_the_others(case: Case) -> None:
    assert list(case.running.owner_ids) == ["tashi", "lhamo"]
    case.take(holding.worker_gone(case.running, case.scene(), "tashi", "mani"))
    assert list(case.running.owner_ids) == ["lhamo"]
    assert (case.changes[-1].reason, case.told()) == (ChangeReason.DECLINED, [])
    case.take(holding.worker_gone(case.running, case.scene(), "lhamo", "mani"))
    assert case.told() == ["norbu", "desk"]
