"""Spared: what says that somebody is called too often calls everybody but them, at every deadline, and each
time says why not them. A call for help spares nobody.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.domain.alerts import AlertState
from services.domain.findings import PAGES_AT_NIGHT, Severity, found_by_house
from services.domain.notices import NoticeReason, NoticeState
from services.domain.people import Role
from services.escalation import actions
from services.escalation.routing import CALLED_TOO_OFTEN
from services.escalation.telling import key_of
from tests.unit.escalation.cast import CIRCLE, NIGHT, Case, worker

OTHER = worker("other", Role.DUTY_DESK)
TWO_AT_THE_DESK = replace(CIRCLE, duty_desk=(*CIRCLE.duty_desk, OTHER), workers=(*CIRCLE.workers, OTHER))


def called_too_often(who: str, circle: Any = TWO_AT_THE_DESK) -> Case:
    """It was found of them at night, and the policy about pages runs."""
    case = Case(now=NIGHT, circle=circle)
    found = found_by_house(
        PAGES_AT_NIGHT,
        "ignored",
        at=NIGHT,
        raised_at=NIGHT,
        severity=Severity.MEDIUM,
        policy="pages",
        titles={"zh-CN": "夜间通知过多"},
        figures={"subject": f"{CALLED_TOO_OFTEN}{who}"},
    )
    fields = {name: getattr(found, name) for name in found.__slots__ if name not in {"id", "number"}}
    case.find(**fields)
    return case


def told_at_all(case: Case) -> set[str]:
    return {key_of(each) for each in case.notices if each.state is not NoticeState.NOT_SENT}


def test_a_reminder_spares_them_and_says_so() -> None:
    case = called_too_often("desk")
    case.arrive("other")
    before = len(case.notices)
    case.after(days=1)
    reminded = case.notices[before:]
    assert [key_of(each) for each in reminded if each.reason is NoticeReason.REMINDER] == ["other"]
    assert [each.worker_id for each in reminded if each.reason is NoticeReason.CALLED_TOO_OFTEN] == ["desk"]


def test_whoever_took_their_own_is_not_called_for_it_and_the_others_are() -> None:
    case = called_too_often("desk")
    case.arrive("desk")
    before = len(case.notices)
    case.after(days=1)
    assert "other" in {key_of(each) for each in case.notices[before:] if each.state is NoticeState.DUE}
    assert "desk" not in told_at_all(case)
    assert case.not_told(NoticeReason.CALLED_TOO_OFTEN).count("desk") >= 2


def test_where_nobody_else_stands_the_next_above_is_told_and_never_they() -> None:
    case = called_too_often("mani", replace(CIRCLE, duty_desk=()))
    case.after(days=2)
    assert told_at_all(case) == {"ada"}


@pytest.mark.parametrize("who", ["desk", "mani", "pema"])
def test_a_call_for_help_is_told_to_whoever_is_there_however_often_they_were_called(who: str) -> None:
    case = Case(now=NIGHT)
    case.press()
    case.after(minutes=30)
    assert who in told_at_all(case)
    assert case.not_told(NoticeReason.CALLED_TOO_OFTEN) == []


MOVES = st.lists(
    st.tuples(
        st.sampled_from(["accept", "arrive", "decline", "wait"]),
        st.sampled_from(["desk", "other", "mani", "ada"]),
        st.integers(1, 40),
    ),
    max_size=6,
)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["desk", "other", "mani", "ada"]), st.booleans(), MOVES)
def test_whatever_people_do_they_are_never_called_and_everybody_meant_is_told_or_has_a_reason(
    who: str, desk_is_empty: bool, moves: list[tuple[str, str, int]]
) -> None:
    circle = replace(TWO_AT_THE_DESK, duty_desk=()) if desk_is_empty else TWO_AT_THE_DESK
    case = called_too_often(who, circle)
    for move, by, hours in moves:
        is_theirs = case.running.accepted_by in (None, by)
        if move == "decline" and is_theirs:
            case.decline(by)
        elif move != "wait" and is_theirs:
            case.take(getattr(actions, move)(case.running, case.scene(), case.does(by)))
        case.after(hours=hours)
    assert who not in told_at_all(case)
    assert case.running.owner_ids
    assert case.running.next_due_at is not None
    at_the_desk = {each.id for each in circle.duty_desk}
    for instant in {each.created_at for each in case.notices if each.reason is NoticeReason.REMINDER}:
        said = {each.worker_id for each in case.notices if each.created_at == instant}
        assert at_the_desk <= said, "told, or not told with its reason"
    assert case.state() in (AlertState.OPEN, AlertState.ACCEPTED, AlertState.ARRIVED)
