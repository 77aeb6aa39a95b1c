"""Turns of the duty desk: where one begins, and whether it was taken over."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from services.domain.duty import DutyPlan
from services.domain.handovers import (
    DeskShift,
    Handover,
    desk_duties,
    desk_shifts,
    is_taken_over,
    newest_begun,
)
from services.domain.people import Language, Role, Shift, Worker
from services.domain.rosters import Duty, NamedShift, Roster, Swap

MIDNIGHT = datetime(2025, 7, 22, 16, tzinfo=UTC)
HOUR = timedelta(hours=1)
OVERLAP = timedelta(minutes=30)


def duty(who: str, starts: float, ends: float) -> Duty:
    return Duty("desk", who, MIDNIGHT + starts * HOUR, MIDNIGHT + ends * HOUR)


def turns(*duties: Duty) -> list[tuple[float, float, tuple[str, ...]]]:
    return [
        ((turn.starts_at - MIDNIGHT) / HOUR, (turn.ends_at - MIDNIGHT) / HOUR, turn.worker_ids)
        for turn in desk_shifts(duties, OVERLAP)
    ]


def test_a_desk_without_a_roster_has_no_turns() -> None:
    assert turns() == []
    assert newest_begun([], MIDNIGHT) is None


def test_shifts_that_follow_one_another_are_turns() -> None:
    assert turns(duty("a", 0, 8), duty("b", 8, 16)) == [(0, 8, ("a",)), (8, 16, ("b",))]


def test_two_who_begin_together_are_one_turn() -> None:
    assert turns(duty("a", 0, 8), duty("b", 0, 8)) == [(0, 8, ("a", "b"))]


def test_a_short_overlap_is_a_change_of_hands_and_a_long_one_is_none() -> None:
    assert turns(duty("a", 0, 8), duty("b", 7.5, 16)) == [(0, 7.5, ("a",)), (7.5, 16, ("b",))]
    assert turns(duty("a", 0, 8), duty("b", 7, 16)) == [(0, 16, ("a", "b"))]


def test_a_hole_between_two_is_in_neither() -> None:
    assert turns(duty("a", 0, 6), duty("b", 8, 16)) == [(0, 6, ("a",)), (8, 16, ("b",))]


@pytest.mark.parametrize(("hours", "taken"), [(7.49, False), (7.5, True), (8.2, True), (16, True)])
def test_a_turn_counts_as_taken_over_from_a_little_before_it_begins(hours: float, taken: bool) -> None:
    turn = DeskShift(MIDNIGHT + 8 * HOUR, MIDNIGHT + 16 * HOUR, ("b",))
    handover = Handover("h", "a", "b", MIDNIGHT + hours * HOUR, "user:desk")
    assert is_taken_over(turn, handover, OVERLAP) is taken
    assert not is_taken_over(turn, None, OVERLAP)


def test_the_newest_that_has_begun_is_the_last_one() -> None:
    both = desk_shifts([duty("a", 0, 8), duty("b", 8, 16)], OVERLAP)
    assert newest_begun(both, MIDNIGHT + 8 * HOUR) == both[1]
    assert newest_begun(both, MIDNIGHT + 7.99 * HOUR) == both[0]
    assert newest_begun(both, MIDNIGHT - HOUR) is None


def worker(who: str, role: Role = Role.DUTY_DESK, team_id: str = "desk") -> Worker:
    return Worker(who, who, role, Language.EN, team_id=team_id)


def test_the_duties_of_the_desk_are_those_of_its_rosters_and_of_single_shifts_after_swaps() -> None:
    rotation = Roster(
        "ros",
        "desk",
        "days",
        "Asia/Shanghai",
        (NamedShift("day", time(8), time(20)),),
        ("day",),
        ("a",),
        date(2025, 7, 22),
    )
    night = Shift("night", "desk", "b", MIDNIGHT + 20 * HOUR, MIDNIGHT + 32 * HOUR)
    other = Shift("other", "east", "c", MIDNIGHT, MIDNIGHT + 24 * HOUR)
    gone = Shift("gone", "east", "d", MIDNIGHT, MIDNIGHT + 24 * HOUR)
    swap = Swap("swp", "desk", "a", "b", "chief", MIDNIGHT, roster_id="ros", day=date(2025, 7, 24))
    plan = DutyPlan([rotation], [night, other, gone], [swap])
    people = [worker("a"), worker("b"), worker("c", Role.CAREGIVER, "east"), worker("d")]
    found = desk_duties(plan, people, MIDNIGHT, MIDNIGHT + 48 * HOUR)
    assert [(each.worker_id, (each.starts_at - MIDNIGHT) / HOUR) for each in found] == [
        ("a", 8),
        ("b", 20),
        ("b", 32),
    ], "nobody of another team, and no turn of one who moved to another"
