"""What the visits' pages show: each person of whoever looks, with the visits made and still owed in this
period (`owed`), gathered from one moment of the store.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from services.console.callers import Caller
from services.console.pages.names import Names
from services.console.pages.visits.owed import LOOK_BACK, Made, Person, made_of, person_of, told
from services.console.parts import Console
from services.console.recording import FURTHEST_BACK
from services.console.rights import Sees
from services.console.sight import Sight
from services.domain.events import Event
from services.domain.instants import local
from services.domain.people import Resident
from services.domain.ports import UnitOfWork
from services.rules.rulebook import Rule


@dataclass(frozen=True, slots=True)
class Group:
    """People under one heading: those who are mine (no name), those of a grid, those of none."""

    name: str | None
    people: tuple[Person, ...]
    are_mine: bool = False


@dataclass(frozen=True, slots=True)
class VisitView:
    """All of the list."""

    now: datetime
    rule: Rule | None
    days_left: int
    groups: tuple[Group, ...]
    mine_today: tuple[tuple[Made, str], ...]
    """What this caller recorded today and has not taken back, newest first, each with whom it is about."""
    grids: Mapping[str, str]
    """Those by which the list can be narrowed, for whoever sees the whole community."""

    look_back_days: int = LOOK_BACK.days

    @property
    def people(self) -> int:
        return sum(len(group.people) for group in self.groups)

    @property
    def owed_to(self) -> int:
        """How many people are still owed a visit."""
        return sum(person.missing > 0 for group in self.groups for person in group.people)


def gather(
    uow: UnitOfWork, parts: Console, who: Caller, quota: Rule | None, grid_id: str | None = None
) -> VisitView:
    """What this caller sees now; of one grid alone if that is asked for."""
    now = parts.clock.now()
    homes = {home.id: home for home in uow.homes.all()}
    names = Names(uow.workers.all())
    grids = {grid.id: grid.name for grid in uow.grids.all()}
    said = told(uow, now)
    people = [
        person_of(parts, each, homes.get(each.home_id), said, names, quota, now)
        for each in visible(uow, who, now)
    ]
    today = local(now, parts.house.timezone).date()
    mine_today = [
        (made, person.resident.name)
        for person in people
        for made in (made_of(event, person.zone, names) for event in said.visits[person.resident.id])
        if is_mine_of_today(made.event, who, now, person.zone)
    ]
    grid_of = {home.id: home.grid_id for home in homes.values()}
    seen = {grid_of.get(person.resident.home_id) for person in people}
    asked = [each for each in people if grid_id is None or grid_of.get(each.resident.home_id) == grid_id]
    spans = [person.standing.span for person in people if person.standing is not None]
    return VisitView(
        now=now,
        rule=quota,
        days_left=(spans[0].next_day - today).days if spans else 0,
        groups=tuple(_grouped(asked, grid_of, grids, who)),
        mine_today=tuple(sorted(mine_today, key=lambda each: each[0].event.seq, reverse=True)),
        grids={each: name for each, name in grids.items() if each in seen} if who.sees is Sees.ALL else {},
    )


def visible(uow: UnitOfWork, who: Caller, now: datetime) -> list[Resident]:
    """Whom this caller may visit now."""
    sight = Sight(uow, who)
    return [
        each
        for each in uow.residents.all()
        if not each.synthetic and (each.left_at is None or each.left_at > now) and sight.resident(each)
    ]


def is_mine_of_today(event: Event, who: Caller, now: datetime, zone: ZoneInfo) -> bool:
    """Whether this caller recorded it, and on the local day that it still is."""
    return event.recorded_by == who.name and local(event.received_at, zone).date() == local(now, zone).date()


def earliest(now: datetime) -> datetime:
    """Before this no visit is taken any more."""
    return now - FURTHEST_BACK


def _grouped(
    people: Sequence[Person], grid_of: Mapping[str, str | None], grids: Mapping[str, str], who: Caller
) -> list[Group]:
    """First who is assigned to the caller, then grid by grid; in each those first who are owed most, and of
    those the one who waits longest.
    """
    ordered = sorted(
        people,
        key=lambda each: (
            -each.missing,
            each.last.event.occurred_at if each.last else each.resident.enrolled_at,
            each.resident.name,
        ),
    )
    mine = [each for each in ordered if who.worker_id and each.resident.assigned_worker_id == who.worker_id]
    ids = {each.resident.id for each in mine}
    others = [each for each in ordered if each.resident.id not in ids]
    groups = [Group(None, tuple(mine), are_mine=True)]
    for grid_id, name in grids.items():
        own = tuple(each for each in others if grid_of.get(each.resident.home_id) == grid_id)
        groups.append(Group(name, own))
    rest = tuple(each for each in others if grid_of.get(each.resident.home_id) not in grids)
    groups.append(Group(None, rest))
    return [group for group in groups if group.people]
