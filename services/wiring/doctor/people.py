"""People: whether somebody can be told at every hour of the next day, and for whom nobody would come first.

It goes by the same question as escalation, who is on duty at an instant, and names nobody but by their id.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from services.domain.people import Role, Shift, Worker, on_duty
from services.domain.ports import UnitOfWork
from services.wiring.doctor.installation import Installation
from services.wiring.doctor.judgement import Judgement, fault, named, ok, to_see_to
from services.wiring.doctor.thresholds import ROSTER_AHEAD


@dataclass(frozen=True, slots=True)
class Day:
    """The roster from now on: a picture of who is on duty at each instant at which that may change."""

    pictures: tuple[tuple[datetime, frozenset[str]], ...]
    until: datetime

    def gaps(self, wanted: frozenset[str]) -> list[tuple[datetime, datetime]]:
        """The stretches in which none of the wanted is on duty."""
        found: list[tuple[datetime, datetime]] = []
        ends = [at for at, _ in self.pictures[1:]] + [self.until]
        for (begins, present), end in zip(self.pictures, ends, strict=True):
            if present & wanted:
                continue
            if found and found[-1][1] == begins:
                found[-1] = (found[-1][0], end)
            else:
                found.append((begins, end))
        return found

    def at_some_time(self) -> frozenset[str]:
        """Everybody who is on duty at some time."""
        return frozenset().union(*(present for _, present in self.pictures))


def day_of(workers: Sequence[Worker], shifts: Sequence[Shift], now: datetime) -> Day:
    """The next hours as `on_duty` sees them."""
    until = now + ROSTER_AHEAD
    turns = {now, *(at for shift in shifts for at in (shift.starts_at, shift.ends_at) if now < at < until)}
    return Day(
        tuple((at, frozenset(each.id for each in on_duty(workers, shifts, at))) for at in sorted(turns)),
        until,
    )


def rosters(house: Installation, uow: UnitOfWork) -> Iterator[Judgement]:
    workers, shifts = uow.workers.all(), uow.shifts.all()
    day = day_of(workers, shifts, house.now)
    kept = {shift.team_id for shift in shifts}
    if not kept:
        yield ok("rosters", "no team keeps one, so all members count as on duty")
    holes = {team_id: gaps for team_id in sorted(kept) if (gaps := day.gaps(_members(workers, team_id)))}
    for team_id, gaps in holes.items():
        yield fault(
            "rosters",
            f"nobody of team {team_id} is on duty {_said(gaps, house)}",
            "Fill the hole (POST /api/v1/shifts): a shift of somebody who is active.",
        )
    if kept and not holes:
        yield ok("rosters", f"{len(kept)} teams keep one, without a hole in the next 24 h")


def _members(workers: Sequence[Worker], team_id: str) -> frozenset[str]:
    return frozenset(worker.id for worker in workers if worker.team_id == team_id and worker.active)


def duty_desk(house: Installation, uow: UnitOfWork) -> Iterator[Judgement]:
    workers, shifts = uow.workers.all(), uow.shifts.all()
    desk = frozenset(
        worker.id
        for worker in workers
        if worker.role is Role.DUTY_DESK and any(map(house.reaches, worker.channels))
    )
    gaps = day_of(workers, shifts, house.now).gaps(desk)
    if gaps:
        yield fault(
            "duty desk",
            f"nobody who can be reached sits there {_said(gaps, house)}",
            "Give somebody of the role duty_desk a channel and a shift: every policy ends at the duty desk.",
        )
    else:
        yield ok("duty desk", "somebody who can be reached at every hour of the next 24 h")


def channels(house: Installation, uow: UnitOfWork) -> Iterator[Judgement]:
    workers = uow.workers.all()
    present = day_of(workers, uow.shifts.all(), house.now).at_some_time()
    without = [
        worker.id
        for worker in workers
        if worker.id in present and not any(map(house.reaches, worker.channels))
    ]
    if without:
        yield to_see_to(
            "channels",
            f"{named(without)} are on duty and cannot be reached",
            "Give each a channel of a kind that is set up here (the line on accounts says what lacks).",
        )
    else:
        yield ok("channels", f"each of the {len(present)} on duty in the next 24 h has one")


def residents(house: Installation, uow: UnitOfWork) -> Iterator[Judgement]:
    workers = {worker.id: worker for worker in uow.workers.all() if worker.active}
    living = [
        resident
        for resident in uow.residents.all()
        if not resident.synthetic and (resident.left_at is None or resident.left_at > house.now)
    ]
    alone = [one.id for one in living if one.assigned_worker_id not in workers]
    if not living:
        yield to_see_to("residents", "nobody is enrolled", "Enrol those whom the house is to watch over.")
    elif alone:
        yield to_see_to(
            "residents",
            f"{named(alone)} have no assigned worker who is active",
            "Assign one to each: until then their alerts begin at the next step of the policy.",
        )
    else:
        yield ok("residents", f"each of {len(living)} has an assigned worker")


def _said(gaps: Sequence[tuple[datetime, datetime]], house: Installation) -> str:
    zone = ZoneInfo(house.settings.timezone)
    spans = [
        f"{begins.astimezone(zone):%m-%d %H:%M} to {ends.astimezone(zone):%m-%d %H:%M}"
        for begins, ends in gaps
    ]
    return f"{named(spans, 3)} ({house.settings.timezone})"
