"""Asking for help, and emergency contacts who have an alert as anybody."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.domain.alerts import AlertState
from services.domain.notices import NoticeKind
from services.domain.people import Channel, ChannelKind, Contact, Role
from services.escalation import actions, holding
from services.escalation.helping import ask_for_help
from services.escalation.permission import AlreadyAccepted, NotAllowed
from services.escalation.telling import key_of
from tests.unit.escalation.cast import CIRCLE, DOLMA, NIGHT, Case

DAUGHTER = "contact:旺姆"
WAY = (Channel(ChannelKind.EMAIL, "wangmo@example.org"),)
WITH_HER = replace(DOLMA, contacts=(Contact("旺姆", "女儿", WAY),))


def asks(case: Case, who: str) -> None:
    case.take(ask_for_help(case.running, case.scene(), case.does(who)))


def test_the_next_step_comes_at_once_though_others_of_this_one_are_still_asked() -> None:
    case = Case(now=NIGHT)
    case.press(policy="night-emergency")
    assert case.told() == ["pema", "lhamo"]
    asks(case, "pema")
    assert case.told() == ["tashi", "desk"]
    assert case.running.owner_ids == ("tashi", "desk")
    assert case.running.next_due_at is not None


def test_asked_again_by_the_same_person_nobody_else_is_called() -> None:
    case = Case(now=NIGHT)
    case.press(policy="night-emergency")
    asks(case, "pema")
    case.told()
    asks(case, "pema")
    assert case.told() == []


def test_the_last_of_a_step_lets_one_step_come_and_not_two() -> None:
    case = Case()
    case.press()
    assert case.told() == ["pema"]
    asks(case, "pema")
    assert case.told() == ["tashi", "lhamo"]


def test_whoever_has_it_gives_it_back_and_everybody_is_called_anew() -> None:
    case = Case()
    case.press()
    case.accept("pema")
    case.arrive("pema")
    case.told()
    asks(case, "pema")
    assert case.state() is AlertState.OPEN
    assert case.told() == ["tashi", "lhamo"], "without whoever said so"


def test_who_is_not_asked_any_more_hears_who_has_it() -> None:
    case = Case()
    case.press()
    case.accept("tashi")
    with pytest.raises(AlreadyAccepted):
        asks(case, "pema")


def with_a_daughter() -> Case:
    case = Case(circle=replace(CIRCLE, resident=WITH_HER, residents=(WITH_HER,)))
    case.press()
    return case


def her(case: Case, what: object) -> None:
    actor = case.does(DAUGHTER, Role.NEIGHBOUR)
    case.take(what(case.running, case.scene(), actor))  # type: ignore[operator]


def test_a_contact_has_it_and_is_held_to_the_same_deadlines() -> None:
    case = with_a_daughter()
    her(case, actions.accept)
    assert case.running.accepted_by == DAUGHTER
    heard = [notice for notice in case.notices if notice.kind is NoticeKind.STAND_DOWN]
    assert {notice.text["holder"] for notice in heard} == {"旺姆"}
    case.told()
    case.after(minutes=10)
    assert case.told() == [DAUGHTER], "reminded"
    reminder = case.notices[-1]
    assert (reminder.worker_id, reminder.contact, reminder.channels) == (None, "旺姆", WAY)
    case.after(minutes=10)
    assert case.state() is AlertState.OPEN
    assert DAUGHTER in case.told()


def test_a_contact_who_declines_leaves_it_to_others() -> None:
    case = with_a_daughter()
    her(case, actions.accept)
    case.told()
    her(case, holding.decline)
    assert case.state() is AlertState.OPEN
    assert case.told() == ["pema"]
    assert all(key_of(notice) != DAUGHTER for notice in case.notices[-1:])


def test_somebody_whom_the_resident_does_not_list_is_nobody() -> None:
    case = Case()
    case.press()
    with pytest.raises(NotAllowed):
        her(case, actions.accept)
