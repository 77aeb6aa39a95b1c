"""What visits were made to somebody, and how many are still owed them: as the pages of visits and of
residents tell it.

What is owed is the rule's (`services.rules.standing`); nothing here counts for itself. Where there is no such
rule, nothing is owed.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from services.console.api.visits import KIND
from services.console.pages.names import Names, Nobody
from services.console.parts import Console
from services.console.sight import every
from services.domain.events import Event
from services.domain.homes import Home
from services.domain.instants import parse_instant, zone_named
from services.domain.people import Resident
from services.domain.ports import UnitOfWork
from services.domain.visits import Service
from services.rules.profile import Override, Profile, Turn
from services.rules.rulebook import Rule
from services.rules.signs import is_replaced
from services.rules.standing import Standing, standing

LOOK_BACK = timedelta(days=100)
"""How far back the last visit is looked for; who had none since is said to have had none for so long."""
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
    by: str | Nobody
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
        ends_at = event.data.get("until")
        override = Override(rule, key, value, parse_instant(ends_at) if isinstance(ends_at, str) else None)
        found.overrides[event.resident_id or ""][rule, key] = override
    return found


def quota_of(parts: Console) -> Rule | None:
    """The rule that says how many visits are owed: the first that is loaded and switched on."""
    for book in parts.rules():
        for rule in book.rules:
            if rule.quota is not None and rule.quota.kind == KIND and rule.enabled:
                return rule.quota
    return None


def zone_of(parts: Console, resident: Resident, home: Home | None) -> ZoneInfo:
    """The resident's own zone, else the home's, else the house's."""
    named = resident.timezone or (home.timezone if home else None)
    return zone_named(named) if named else parts.house.timezone


def person_of(
    parts: Console,
    resident: Resident,
    home: Home | None,
    said: Told,
    names: Names,
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


def made_of(event: Event, zone: ZoneInfo, names: Names) -> Made:
    by = str(event.data.get("worker_id") or event.recorded_by or "")
    service = event.data.get("service")
    known = Service(service) if service in set(Service) else service
    return Made(event, zone, names.of(by), known)
