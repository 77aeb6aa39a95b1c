"""What the visits' pages show: each person of whoever looks, with the visits made and still owed in this
period, gathered from one moment of the store.

What is owed is the rule's (`services.rules.standing`); nothing here counts for itself. A page without such a
rule says that nothing is owed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from services.console.api.visits import KIND
from services.console.callers import Caller
from services.console.parts import Console
from services.console.recording import FURTHEST_BACK
from services.console.rights import Sees
from services.console.sight import Sight, every
from services.domain.events import Event
from services.domain.homes import Home
from services.domain.instants import local, zone_named
from services.domain.people import Resident
from services.domain.ports import UnitOfWork
from services.domain.visits import Service
from services.rules.profile import Override, Profile, Turn
from services.rules.rulebook import Rule
from services.rules.signs import is_replaced
from services.rules.standing import Standing, standing

LOOK_BACK = timedelta(days=100)
"""How far back the last visit is looked for: the quarter that a county's report covers."""
AWAY, RETURNED, RETRACTED, OVERRIDDEN = (
    "resident.away",
    "resident.returned",
    "event.retracted",
    "rule.overridden",
)


@dataclass(frozen=True, slots=True)
class Made:
    """One visit that was made, as people read it."""

    event: Event
    zone: ZoneInfo
    """By the clock of which place its time is said."""
    by: str
    service: Service | str | None


@dataclass(frozen=True, slots=True)
class Person:
    """One resident who can be visited."""

    resident: Resident
    address: str
    zone: ZoneInfo
    standing: Standing | None
    last: Made | None
    is_away: bool

    @property
    def missing(self) -> int:
        return self.standing.missing if self.standing else 0


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


@dataclass
class Told:
    """What people and the house said, sorted by whom it is about; what was taken back is left out."""

    visits: dict[str, list[Event]] = field(default_factory=lambda: defaultdict(list))
    turns: dict[str, list[Turn]] = field(default_factory=lambda: defaultdict(list))
    overrides: dict[str, dict[tuple[str, str], Override]] = field(default_factory=lambda: defaultdict(dict))


def told(uow: UnitOfWork, now: datetime, resident_id: str | None = None) -> Told:
    """Visits since `LOOK_BACK`; absences and overrides since the beginning."""
    about = {} if resident_id is None else {"resident_id": resident_id}

    def of_kind(kind: str, **more: datetime) -> list[Event]:
        filters = {"kind": kind, **about, **more}
        return list(every(lambda after, limit: uow.events.page(filters, after, limit)))

    found = Told()
    taken_back = {str(event.data.get("event_id")) for event in of_kind(RETRACTED)}
    for event in of_kind(KIND, since=now - LOOK_BACK):
        if event.resident_id is not None and event.id not in taken_back:
            found.visits[event.resident_id].append(event)
    for event in (*of_kind(AWAY), *of_kind(RETURNED)):
        if event.resident_id is not None and event.id not in taken_back and not is_replaced(event):
            turn = Turn(event.occurred_at, event.seq, away=event.kind == AWAY)
            found.turns[event.resident_id].append(turn)
    for event in of_kind(OVERRIDDEN):
        rule, key, value = str(event.data.get("rule")), str(event.data.get("key")), event.data.get("value")
        found.overrides[event.resident_id or ""][rule, key] = Override(rule, key, value)
    return found


def quota_of(parts: Console) -> Rule | None:
    """The rule that says how many visits are owed: the first that is loaded and switched on."""
    for book in parts.rules():
        for rule in book.rules:
            if rule.quota is not None and rule.quota.kind == KIND and rule.enabled:
                return rule.quota
    return None


def gather(
    uow: UnitOfWork, parts: Console, who: Caller, quota: Rule | None, grid_id: str | None = None
) -> VisitView:
    """What this caller sees now; of one grid alone if that is asked for."""
    now = parts.clock.now()
    homes = {home.id: home for home in uow.homes.all()}
    names = {worker.id: worker.name for worker in uow.workers.all()}
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


def zone_of(parts: Console, resident: Resident, home: Home | None) -> ZoneInfo:
    """The resident's own zone, else the home's, else the house's."""
    named = resident.timezone or (home.timezone if home else None)
    return zone_named(named) if named else parts.house.timezone


def is_mine_of_today(event: Event, who: Caller, now: datetime, zone: ZoneInfo) -> bool:
    """Whether this caller recorded it, and on the local day that it still is."""
    return event.recorded_by == who.name and local(event.received_at, zone).date() == local(now, zone).date()


def earliest(now: datetime) -> datetime:
    """Before this no visit is taken any more."""
    return now - FURTHEST_BACK


def person_of(
    parts: Console,
    resident: Resident,
    home: Home | None,
    said: Told,
    names: Mapping[str, str],
    quota: Rule | None,
    now: datetime,
) -> Person:
    zone = zone_of(parts, resident, home)
    visits = said.visits[resident.id]
    last = max(visits, key=lambda event: (event.occurred_at, event.seq), default=None)
    profile = Profile(
        resident_id=resident.id,
        home_id=resident.home_id,
        timezone=zone.key,
        enrolled_at=resident.enrolled_at,
        left_at=resident.left_at,
        tags=resident.tags,
        birth_date=resident.birth_date.isoformat() if resident.birth_date else None,
        turns=tuple(said.turns[resident.id]),
        overrides=tuple(said.overrides[resident.id].values()),
    )
    return Person(
        resident=resident,
        address=home.address if home else "",
        zone=zone,
        standing=standing(quota, profile, zone, visits, now) if quota is not None else None,
        last=made_of(last, zone, names) if last is not None else None,
        is_away=resident.away is not None,
    )


def made_of(event: Event, zone: ZoneInfo, names: Mapping[str, str]) -> Made:
    by = str(event.data.get("worker_id") or event.recorded_by or "")
    service = event.data.get("service")
    known = Service(service) if service in set(Service) else service
    return Made(event, zone, names.get(by, by.partition(":")[2] or by), known)


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
