"""Rosters: who has which turn by a rotation in local time; the turns that follow from one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import time, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response
from pydantic import BeforeValidator, Field, PlainSerializer, StringConstraints, WithJsonSchema

from services.console.api.duty import DutyShape, duty_shapes
from services.console.api.fields import (
    NO_NUL,
    Day,
    Id,
    Instant,
    Name,
    PathId,
    Shape,
    Whole,
    Word,
    Zone,
    changes_of,
    unset,
)
from services.console.api.lists import IdFilter, Listed, Part, Wanted, listed
from services.console.callers import Parts, Who
from services.console.gate import GuardedRoute
from services.console.problems import documented, not_found, unfit
from services.console.rostering import changed, checked_roster
from services.console.writing import write
from services.domain.instants import WALL, NotAWallTime, format_instant, parse_wall
from services.domain.ports import UnitOfWork
from services.domain.rosters import NamedShift, Roster

router = APIRouter(prefix="/api/v1/rosters", tags=["rosters"], route_class=GuardedRoute)

LONGEST_STRETCH = timedelta(days=100)


def _wall(value: object) -> time:
    if isinstance(value, time):
        return value
    try:
        return parse_wall(value if isinstance(value, str) else "")
    except NotAWallTime as error:
        raise ValueError("expected a local time such as 08:00") from error


Wall = Annotated[
    time,
    BeforeValidator(_wall),
    PlainSerializer(lambda wall: f"{wall:%H:%M}", return_type=str),
    WithJsonSchema({"type": "string", "pattern": f"^{WALL}$"}),
]
Turn = Annotated[str, StringConstraints(max_length=64, pattern=NO_NUL)]
"""The name of a shift; empty: a free day."""


class NamedShiftShape(Shape):
    """One kind of shift by the wall clock; an end at or before the start is on the next day."""

    name: Word
    starts: Wall
    ends: Wall


Shifts = Annotated[list[NamedShiftShape], Field(min_length=1, max_length=12)]
Cycle = Annotated[
    list[Turn],
    Field(min_length=1, max_length=400, description="For each day of the cycle a shift's name, or nothing."),
]
Members = Annotated[list[Id], Field(min_length=1, max_length=200, description="In the order of the cycle.")]
DaysApart = Annotated[
    Whole, Field(ge=0, le=400, description="How many days each member is behind the one before.")
]


class NewRoster(Shape):
    """A rotation of a team. Without a time zone it goes by that of the house."""

    team_id: Id
    name: Name | None = None
    timezone: Zone | None = None
    shifts: Shifts
    cycle: Cycle
    members: Members
    starts_on: Day
    days_apart: DaysApart = 1
    ends_on: Day | None = None


class RosterChanges(Shape):
    """The changed fields of a roster."""

    name: Name | None = None
    timezone: Zone = unset()
    shifts: Shifts = unset()
    cycle: Cycle = unset()
    members: Members = unset()
    starts_on: Day = unset()
    days_apart: DaysApart = unset()
    ends_on: Day | None = None


class RosterShape(Shape):
    """A roster."""

    id: str
    team_id: str
    name: str
    timezone: str
    shifts: list[NamedShiftShape]
    cycle: list[str]
    members: list[str]
    starts_on: Day
    days_apart: int
    ends_on: Day | None


class Turns(Shape):
    """The turns of a stretch, by their start."""

    items: list[DutyShape]


@dataclass(frozen=True, slots=True)
class RostersWanted(Wanted):
    """By what rosters are looked for."""

    team_id: IdFilter = None


def _named(shifts: list[NamedShiftShape]) -> tuple[NamedShift, ...]:
    return tuple(NamedShift(shift.name, shift.starts, shift.ends) for shift in shifts)


@router.get("")
def list_rosters(
    parts: Parts, part: Part, wanted: Annotated[RostersWanted, Depends()]
) -> Listed[RosterShape]:
    with parts.store.reading() as uow:
        return listed(uow.rosters.page, wanted.filters, part, RosterShape.model_validate)


@router.post("", status_code=201)
def create_roster(parts: Parts, who: Who, body: NewRoster) -> RosterShape:
    def work(uow: UnitOfWork) -> Roster:
        roster = Roster(
            parts.new_id("ros"),
            body.team_id,
            body.name or "",
            body.timezone or parts.gathering.house.timezone.key,
            _named(body.shifts),
            tuple(body.cycle),
            tuple(body.members),
            body.starts_on,
            body.days_apart,
            body.ends_on,
        )
        roster = uow.rosters.add(checked_roster(uow, roster))
        changed(uow, parts, who, "roster.created", ("roster", roster.id))
        return roster

    return RosterShape.model_validate(write(parts, work))


@router.get("/{roster_id}")
def read_roster(parts: Parts, roster_id: PathId) -> RosterShape:
    with parts.store.reading() as uow:
        return RosterShape.model_validate(_there(uow, roster_id))


@router.patch("/{roster_id}", responses=documented(409))
def change_roster(parts: Parts, who: Who, roster_id: PathId, body: RosterChanges) -> RosterShape:
    def work(uow: UnitOfWork) -> Roster:
        before = _there(uow, roster_id)
        changes = changes_of(body)
        if "shifts" in changes:
            changes["shifts"] = _named(body.shifts)
        if "name" in changes:
            changes["name"] = body.name or ""
        roster = uow.rosters.save(checked_roster(uow, replace(before, **changes)))
        changed(uow, parts, who, "roster.changed", ("roster", roster.id))
        return roster

    return RosterShape.model_validate(write(parts, work))


@router.delete("/{roster_id}", status_code=204)
def remove_roster(parts: Parts, who: Who, roster_id: PathId) -> Response:
    def work(uow: UnitOfWork) -> None:
        if not uow.rosters.remove(roster_id):
            raise not_found("roster")
        changed(uow, parts, who, "roster.removed", ("roster", roster_id))

    write(parts, work)
    return Response(status_code=204)


@router.get("/{roster_id}/duties")
def list_duties(
    parts: Parts,
    roster_id: PathId,
    since: Annotated[Instant, Query(description="From this instant.")],
    until: Annotated[Instant, Query(description="Up to this instant.")],
) -> Turns:
    if not since < until <= since + LONGEST_STRETCH:
        expected = f"an instant after since and within {LONGEST_STRETCH.days} days of it"
        raise unfit("until", format_instant(until), expected)
    with parts.store.reading() as uow:
        roster = _there(uow, roster_id)
        plan = uow.people.plan(since, until)
        turns = [duty for duty in plan.duties(since, until, [roster.team_id]) if duty.roster_id == roster.id]
        return Turns(items=duty_shapes(turns, plan))


def _there(uow: UnitOfWork, roster_id: str) -> Roster:
    roster = uow.rosters.get(roster_id)
    if roster is None:
        raise not_found("roster")
    return roster
