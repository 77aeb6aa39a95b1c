"""Actions: what people say about an alert, and who hears of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from services.domain.alerts import Alert, AlertState, ChangeReason, Outcome
from services.domain.findings import Severity
from services.domain.notices import NoticeKind, NoticeReason, ReassureState
from services.domain.people import Role
from services.escalation import actions, handing_over, holding
from services.escalation.permission import (
    Actor,
    AlreadyAccepted,
    AlreadyClosed,
    NotAllowed,
    Refusal,
)
from services.escalation.scene import Move
from tests.unit.escalation.cast import CIRCLE, NORBU, Case


@pytest.fixture
def case() -> Case:
    """A press that pema, tashi and lhamo were told of."""
    started = Case()
    started.press()
    started.after(minutes=2).told()
    return started


def test_accepting_stops_the_steps_and_makes_the_holder_the_owner(case: Case) -> None:
    case.accept("tashi")
    assert (case.running.accepted_by, case.running.accepted_at) == ("tashi", case.now)
    assert case.running.owner_ids == ("tashi",)
    assert case.after(minutes=9).told() == []


def test_all_others_who_were_told_hear_who_has_it(case: Case) -> None:
    case.accept("tashi")
    assert case.told(NoticeKind.STAND_DOWN) == ["pema", "lhamo"]
    heard = [notice for notice in case.notices if notice.kind is NoticeKind.STAND_DOWN]
    assert {notice.text["holder"] for notice in heard} == {"Tashi"}


def test_the_people_of_the_steps_that_will_not_come_are_recorded_as_not_told(case: Case) -> None:
    case.accept("tashi")
    assert case.not_told(NoticeReason.ACCEPTED_ALREADY) == ["norbu", "desk", "mani"]


def test_accepting_again_changes_nothing(case: Case) -> None:
    case.accept("tashi")
    move = actions.accept(case.running, case.scene(), case.does("tashi"))
    assert move.is_nothing
    assert move.alert == case.running


def test_nobody_takes_what_another_has(case: Case) -> None:
    case.accept("tashi")
    with pytest.raises(AlreadyAccepted) as refused:
        case.accept("pema")
    assert refused.value.accepted_by == "tashi"
    with pytest.raises(AlreadyAccepted):
        case.arrive("pema")


def test_somebody_who_was_never_told_may_accept(case: Case) -> None:
    case.accept("yonten")
    assert case.told(NoticeKind.STAND_DOWN) == ["pema", "tashi", "lhamo"]


def test_arriving_on_an_open_alert_accepts_as_well(case: Case) -> None:
    case.arrive("lhamo")
    assert case.state() is AlertState.ARRIVED
    assert case.running.accepted_by == "lhamo"
    assert case.reasons()[-2:] == [ChangeReason.ACCEPTED, ChangeReason.ARRIVED]
    assert [command.state for command in case.commands] == [
        ReassureState.HEARD,
        ReassureState.COMING,
        ReassureState.ARRIVED,
    ]


def test_the_desk_accepts_for_somebody_who_telephoned(case: Case) -> None:
    desk = case.does("desk", Role.DUTY_DESK, for_="tashi")
    case.take(actions.accept(case.running, case.scene(), desk))
    assert case.running.accepted_by == "tashi"
    said = case.changes[-1]
    assert (said.by, said.on_behalf_of) == ("desk", "tashi")


def test_a_grid_worker_speaks_for_nobody_else(case: Case) -> None:
    with pytest.raises(NotAllowed) as refused:
        actions.accept(case.running, case.scene(), case.does("pema", for_="tashi"))
    assert refused.value.refusal is Refusal.NOT_FOR_OTHERS


@pytest.mark.parametrize(
    ("actor", "refusal"),
    [
        (Actor("token", Role.ADMIN), Refusal.NO_WORKER),
        (Actor("token", Role.ADMIN, "nobody"), Refusal.WORKER_UNKNOWN),
        (Actor("token", Role.ADMIN, "norbu"), Refusal.WORKER_INACTIVE),
    ],
)
def test_only_a_worker_who_is_there_can_have_it(case: Case, actor: Actor, refusal: Refusal) -> None:
    case.circle = replace(CIRCLE, workers=(replace(NORBU, active=False),))
    with pytest.raises(NotAllowed) as refused:
        actions.accept(case.running, case.scene(), actor)
    assert refused.value.refusal is refusal


def test_the_holder_closes_with_an_outcome_and_nothing_more_comes(case: Case) -> None:
    case.accept("tashi")
    case.told(NoticeKind.STAND_DOWN)
    case.close("tashi", Outcome.HOSPITAL)
    assert (case.running.outcome, case.running.closed_by) == (Outcome.HOSPITAL, "tashi")
    assert (case.running.next_due_at, case.running.owner_ids) == (None, ())
    assert case.told(NoticeKind.STAND_DOWN) == []
    assert case.commands[-1].state is ReassureState.OVER


def test_who_was_called_and_did_not_hear_yet_hears_of_the_end(case: Case) -> None:
    desk = case.does("desk", Role.DUTY_DESK)
    case.take(actions.close(case.running, case.scene(), desk, Outcome.FALSE_ALARM))
    assert case.told(NoticeKind.STAND_DOWN) == ["pema", "tashi", "lhamo"]


def test_who_is_on_the_way_hears_that_the_desk_has_closed_it(case: Case) -> None:
    case.accept("tashi")
    case.told(NoticeKind.STAND_DOWN)
    desk = case.does("desk", Role.DUTY_DESK)
    case.take(actions.close(case.running, case.scene(), desk, Outcome.FALSE_ALARM))
    assert case.told(NoticeKind.STAND_DOWN) == ["tashi"]


def test_a_high_alert_is_closed_by_its_holder_the_desk_or_a_manager_only(case: Case) -> None:
    case.accept("tashi")
    for role in (Role.GRID_WORKER, Role.NEIGHBOUR, Role.CAREGIVER, Role.TECHNICIAN):
        with pytest.raises(NotAllowed):
            actions.close(case.running, case.scene(), case.does("pema", role), Outcome.HELPED)
    for role in (Role.DUTY_DESK, Role.MANAGER, Role.ADMIN):
        move = actions.close(case.running, case.scene(), case.does("mani", role), Outcome.HELPED)
        assert move.alert.state is AlertState.CLOSED


def test_a_lower_alert_is_closed_by_whoever_saw_to_it() -> None:
    case = Case()
    case.find(severity=Severity.MEDIUM, policy="routine", is_alarm=False)
    case.close("yonten")
    assert case.state() is AlertState.CLOSED


def test_nothing_more_can_be_done_about_a_closed_alert(case: Case) -> None:
    case.arrive("pema")
    case.close("pema")
    closed, scene, pema = case.running, case.scene(), case.does("pema")
    deeds: list[Callable[[], Move]] = [
        lambda: actions.accept(closed, scene, pema),
        lambda: actions.arrive(closed, scene, pema),
        lambda: actions.close(closed, scene, pema, Outcome.HELPED),
        lambda: holding.decline(closed, scene, pema),
        lambda: handing_over.handover(closed, scene, pema, "tashi"),
        lambda: holding.extend(closed, scene, pema, timedelta(minutes=5)),
        lambda: holding.note(closed, scene, pema, "too late"),
    ]
    for deed in deeds:
        with pytest.raises(AlreadyClosed):
            deed()


def test_one_of_several_who_declines_leaves_it_to_the_others(case: Case) -> None:
    case.decline("tashi")
    assert case.told() == []
    assert case.running.declined_by == ("tashi",)
    move = holding.decline(case.running, case.scene(), case.does("tashi"))
    assert move.is_nothing


def test_when_all_of_a_step_declined_the_next_comes_at_once(case: Case) -> None:
    case.decline("tashi")
    case.decline("lhamo")
    assert case.told() == ["norbu", "desk"]


def test_the_last_step_asks_again_who_declined_before(case: Case) -> None:
    case.after(minutes=3).told()
    case.decline("desk")
    assert case.after(minutes=5).told() == ["desk", "mani"]


def test_a_holder_who_gives_it_back_is_not_asked_again(case: Case) -> None:
    case.accept("pema")
    case.told()
    case.decline("pema")
    assert case.state() is AlertState.OPEN
    assert case.told() == ["tashi", "lhamo"]
    assert "pema" in case.not_told(NoticeReason.DECLINED)
    assert case.commands[-1].state is ReassureState.HEARD


def test_until_the_other_accepts_a_handover_the_holder_stays_the_owner(case: Case) -> None:
    case.accept("pema")
    case.take(handing_over.handover(case.running, case.scene(), case.does("pema"), "yonten"))
    assert case.told(NoticeKind.HANDOVER) == ["yonten"]
    assert (case.running.accepted_by, case.running.owner_ids) == ("pema", ("pema",))
    case.told(NoticeKind.STAND_DOWN)
    case.accept("yonten")
    assert (case.running.accepted_by, case.running.owner_ids) == ("yonten", ("yonten",))
    assert case.told(NoticeKind.STAND_DOWN) == ["pema"]
    assert case.changes[-1].reason is ChangeReason.HANDED_OVER


def test_a_handover_that_is_declined_is_told_to_the_holder(case: Case) -> None:
    case.accept("pema")
    case.take(handing_over.handover(case.running, case.scene(), case.does("pema"), "yonten"))
    case.decline("yonten")
    assert (case.running.accepted_by, case.running.handover_to) == ("pema", None)
    assert case.told(NoticeKind.HANDOVER) == ["yonten", "pema"]


def test_only_the_holder_or_the_desk_hands_over(case: Case) -> None:
    with pytest.raises(NotAllowed) as refused:
        handing_over.handover(case.running, case.scene(), case.does("pema"), "yonten")
    assert refused.value.refusal is Refusal.NOT_ACCEPTED_YET
    case.accept("pema")
    with pytest.raises(NotAllowed):
        handing_over.handover(case.running, case.scene(), case.does("tashi"), "yonten")
    desk = case.does("desk", Role.DUTY_DESK)
    assert handing_over.handover(case.running, case.scene(), desk, "yonten").alert.handover_to == "yonten"


def test_ten_more_minutes_move_the_deadlines_of_the_holder(case: Case) -> None:
    case.accept("pema")
    case.told()
    case.take(holding.extend(case.running, case.scene(), case.does("pema"), timedelta(minutes=10)))
    assert case.after(minutes=19, seconds=59).told() == []
    assert case.after(seconds=1).told() == ["pema"]


@pytest.mark.parametrize("minutes", [0, -5, 31])
def test_nobody_extends_by_nothing_or_by_more_than_the_policy_allows(case: Case, minutes: int) -> None:
    case.accept("pema")
    with pytest.raises(NotAllowed) as refused:
        holding.extend(case.running, case.scene(), case.does("pema"), timedelta(minutes=minutes))
    assert refused.value.refusal is Refusal.TOO_LONG


def test_a_note_of_the_holder_answers_a_joined_press(case: Case) -> None:
    case.accept("pema")
    case.press()
    case.take(holding.note(case.running, case.scene(), case.does("pema"), "at the door"))
    case.told()
    assert case.after(minutes=5).told() == []
    assert case.running.note == "at the door"


def test_what_a_deactivated_holder_had_goes_on_at_once(case: Case) -> None:
    case.accept("pema")
    case.told()
    case.circle = replace(CIRCLE, assigned=None)
    case.take(holding.worker_gone(case.running, case.scene(), "pema", "mani"))
    assert case.state() is AlertState.OPEN
    assert case.told() == ["tashi", "lhamo"]


def test_a_deactivated_worker_who_alone_was_asked_is_not_waited_for() -> None:
    case = Case()
    case.press()
    case.told()
    case.take(holding.worker_gone(case.running, case.scene(), "pema", "mani"))
    assert case.told() == ["tashi", "lhamo"]


def test_every_change_names_who_made_it(case: Case) -> None:
    case.arrive("pema")
    case.close("pema")
    assert [change.by for change in case.changes[-3:]] == ["pema"] * 3
    assert case.changes[0].by == "house"


def test_a_move_of_nothing_is_nothing(case: Case) -> None:
    before: Alert = case.running
    case.accept("pema")
    assert before != case.running
    assert not actions.arrive(case.running, case.scene(), case.does("pema")).is_nothing
