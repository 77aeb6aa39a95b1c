"""Who is on duty: the roster decides, and a team without a roster is on duty as a whole."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from services.domain.duty import DutyPlan
from services.domain.people import Role, Shift, Worker

AT = datetime(2025, 7, 23, 2, 13, tzinfo=UTC)


def care(name: str, team: str | None = "east", *, active: bool = True) -> Worker:
    return Worker(name, name, Role.CAREGIVER, team_id=team, active=active)


def shift(worker: str, start: timedelta, end: timedelta, team: str = "east") -> Shift:
    return Shift(f"{worker}{start}", team, worker, AT + start, AT + end)


def names(workers: tuple[Worker, ...]) -> list[str]:
    return [worker.id for worker in workers]


def test_a_shift_counts_from_its_start_up_to_but_not_at_its_end() -> None:
    hour = timedelta(hours=1)
    workers = [care("starts"), care("ends"), care("later")]
    shifts = [shift("starts", 0 * hour, hour), shift("ends", -hour, 0 * hour), shift("later", hour, 2 * hour)]
    assert names(DutyPlan(shifts=shifts).on_duty(workers, AT)) == ["starts"]


def test_a_team_without_a_roster_is_on_duty_as_a_whole() -> None:
    assert names(DutyPlan().on_duty([care("one"), care("two")], AT)) == ["one", "two"]


def test_a_hole_in_a_roster_leaves_nobody() -> None:
    old = shift("one", timedelta(days=-2), timedelta(days=-1))
    assert DutyPlan(shifts=[old]).on_duty([care("one"), care("two")], AT) == ()


def test_the_inactive_are_never_on_duty_and_those_without_a_team_always() -> None:
    assert names(
        DutyPlan(shifts=[shift("x", timedelta(), timedelta(1))]).on_duty(
            [care("gone", active=False), care("desk", None)], AT
        )
    ) == ["desk"]
