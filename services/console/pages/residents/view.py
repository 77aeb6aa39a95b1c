"""What a resident's page shows, gathered from one moment of the store: the person and the home as a notebook
has them, who answers for them, how they are protected, their nights, their visits and their alerts.

Whoever may open the page sees what the API shows them of a resident, and no more: visits and alerts only
where they see those as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from services.console.api.residents import seen_resident
from services.console.callers import Caller
from services.console.pages.alerts.owners import Owners, calls_by_alert, owners_of
from services.console.pages.due import is_later
from services.console.pages.names import Names, Nobody
from services.console.pages.pictures.gathering import Strip, fortnight, last_day
from services.console.pages.residents.differing import Differs, differing
from services.console.pages.visits import owed
from services.console.parts import Console
from services.console.protections import Watch
from services.console.rights import RIGHTS, SEES_ADDRESSES, Right
from services.console.sight import Sight, every, matching
from services.domain.addresses import masked, shown_to_its_own
from services.domain.alerts import HOUSE, Alert
from services.domain.devices import Device, DeviceState
from services.domain.homes import Grid, Home
from services.domain.instants import local, start_of_day
from services.domain.notices import Notice
from services.domain.people import Resident, Worker
from services.domain.ports import UnitOfWork
from services.domain.protection import Protection, has_low_battery
from services.domain.silences import Silence

ALERTS_AT_FIRST = 20
MOST_ALERTS = 500
"""Past alerts on one page, however many are asked for."""
LOOKS_BACK = (timedelta(days=31), timedelta(days=366), None)
"""How far back past alerts are looked for, until there are enough: a year of alerts is not read to show the
newest twenty.
"""


@dataclass(frozen=True, slots=True)
class Reachable:
    """Somebody of the family or the neighbourhood, with the addresses as this caller may see them."""

    name: str
    relation: str
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Running:
    """A running alert, and who has it."""

    alert: Alert
    holder: str | Nobody | None
    told: tuple[Owners, ...]


@dataclass(frozen=True, slots=True)
class Past:
    """Alerts that are over, the newest first."""

    alerts: tuple[Alert, ...]
    has_more: bool
    closed_by: Mapping[str, str | Nobody]
    """By the alert's id."""


@dataclass(frozen=True, slots=True)
class Visits:
    """The visits of this period, the newest first, and how the person stands in what is owed."""

    made: tuple[owed.Made, ...]
    person: owed.Person
    first_day: date


@dataclass(frozen=True, slots=True)
class May:
    """What this caller may open from here."""

    record: bool
    silence: bool
    open_devices: bool
    open_alerts: bool


@dataclass(frozen=True, slots=True)
class ResidentView:
    """All of the page."""

    now: datetime
    after: int
    zone: ZoneInfo
    resident: Resident
    age: int | None
    contacts: tuple[Reachable, ...]
    home: Home | None
    grid: Grid | None
    neighbour: Worker | None
    others: tuple[Resident, ...]
    """Who else lives there."""
    assigned: Worker | None
    backup: Worker | None
    protection: Protection
    owner: str | Nobody | None
    """Whose it is to mend what is not in order."""
    away_by: str | Nobody
    silences: tuple[tuple[Silence, str | Nobody], ...]
    """Those that hold now, each with who asked for it."""
    devices: tuple[Device, ...]
    differs: tuple[Differs, ...]
    running: tuple[Running, ...]
    past: Past | None
    """None where the caller sees no alerts of theirs."""
    visits: Visits | None
    day: Strip
    nights: tuple[Strip, ...]
    may: May
    unfolded: tuple[Alert, ...] = ()
    """Alerts of this caller for which it shows where the key is."""

    def is_later(self, alert: Alert) -> bool:
        """Its countdown may be small."""
        return is_later(alert, self.now)

    @property
    def names_here(self) -> Mapping[str, str]:
        """Who else lives there, by id: a call device of theirs serves this resident as well."""
        return {each.id: each.name for each in self.others}

    @property
    def has_left(self) -> bool:
        return self.resident.left_at is not None and self.resident.left_at <= self.now


def gather(
    uow: UnitOfWork, parts: Console, who: Caller, resident_id: str, alerts: int = ALERTS_AT_FIRST
) -> ResidentView:
    """What this caller sees of a resident now; somebody foreign is not found."""
    now = parts.clock.now()
    resident = seen_resident(uow, who, resident_id)
    home, unfolded = _home(uow, who, resident)
    zone = owed.zone_of(parts, resident, home)
    called = Names(uow.workers.all())
    watch = Watch(uow, parts, now)
    running = uow.alerts.running_for([resident.id]).get(resident.id, [])
    protection = watch.protection(resident, running)
    sees_alerts = _sight(uow, who, "/api/v1/alerts")
    shown = [each for each in running if sees_alerts is not None and sees_alerts.alert(each)]
    calls = calls_by_alert(uow, shown)
    return ResidentView(
        now=now,
        after=uow.alerts.last_change(),
        zone=zone,
        resident=resident,
        age=age_on(resident.birth_date, local(now, zone).date()),
        contacts=_contacts(resident, who),
        home=home,
        grid=uow.grids.get(home.grid_id) if home and home.grid_id else None,
        neighbour=uow.workers.get(home.neighbour_id) if home and home.neighbour_id else None,
        others=_others(uow, who, resident),
        assigned=_worker(uow, resident.assigned_worker_id),
        backup=_worker(uow, resident.backup_worker_id),
        protection=protection,
        owner=called.of(protection.owner_id) if protection.owner_id else None,
        away_by=called.of(resident.away.by) if resident.away and resident.away.by else "",
        silences=tuple(
            (each, called.of(each.author))
            for each in uow.silences.running_on([f"resident:{resident.id}"])
            if each.holds(now)
        ),
        devices=tuple(_worst_first(watch.devices(resident))),
        differs=differing(uow, parts, resident.id, called),
        running=tuple(_running(each, calls.get(each.id, ()), called) for each in _urgent_first(shown)),
        past=_past(uow, sees_alerts, resident, now, alerts, called),
        visits=_visits(uow, parts, who, resident, zone, called),
        day=last_day(uow, resident.id, now, zone),
        nights=fortnight(uow, resident.id, now, zone),
        may=_may(who),
        unfolded=unfolded,
    )


def _home(uow: UnitOfWork, who: Caller, resident: Resident) -> tuple[Home | None, tuple[Alert, ...]]:
    """The home as the caller may see it now, and the alerts for which its key unfolded."""
    home, sight = uow.homes.get(resident.home_id), Sight(uow, who)
    if home is None or home.key_place is None:
        return home, ()
    if not sight.unfolds_home(home.id):
        home = replace(home, key_place=None)
    return home, tuple(sight.unfolded.values())


def age_on(born: date | None, today: date) -> int | None:
    """Years on a local day; None where nobody knows, or where the birth lies ahead."""
    if born is None or born > today:
        return None
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _sight(uow: UnitOfWork, who: Caller, route: str) -> Sight | None:
    """What the caller sees by another route of the API; None where they may not call it."""
    sees = RIGHTS["GET", route].roles.get(who.role)
    return Sight(uow, who.seeing(sees)) if sees is not None else None


def _may(who: Caller) -> May:
    def opens(path: str) -> bool:
        return who.role in RIGHTS.get(("GET", path), Right()).roles

    return May(
        opens("/visits/new"),
        opens("/silences/new"),
        opens("/devices/{device_id}"),
        opens("/alerts/{alert_id}"),
    )


def _contacts(resident: Resident, who: Caller) -> tuple[Reachable, ...]:
    shown = shown_to_its_own if who.role in SEES_ADDRESSES else masked
    return tuple(
        Reachable(each.name, each.relation, tuple(shown(channel) for channel in each.channels))
        for each in resident.contacts
    )


def _others(uow: UnitOfWork, who: Caller, resident: Resident) -> tuple[Resident, ...]:
    sight = Sight(uow, who)
    return tuple(
        each
        for each in matching(uow.residents, home_id=resident.home_id)
        if each.id != resident.id and each.left_at is None and sight.resident(each)
    )


def _worker(uow: UnitOfWork, worker_id: str | None) -> Worker | None:
    return uow.workers.get(worker_id) if worker_id else None


def _worst_first(devices: list[Device]) -> list[Device]:
    """What is in use, and of it first what somebody has to see to."""
    order = {DeviceState.SILENT: 0, DeviceState.REGISTERED: 1, DeviceState.LIVE: 2}

    def rank(device: Device) -> tuple[int, str, str]:
        return (min(order[device.state], 1 if has_low_battery(device) else 2), device.type.value, device.id)

    return sorted((each for each in devices if each.state in order), key=rank)


def _urgent_first(running: list[Alert]) -> list[Alert]:
    return sorted(running, key=lambda alert: (-alert.severity.rank, alert.opened_at))


def _running(alert: Alert, calls: Iterable[Notice], called: Names) -> Running:
    return Running(
        alert,
        called.of(alert.accepted_by) if alert.accepted_by else None,
        owners_of(alert, calls, called),
    )


def _past(
    uow: UnitOfWork,
    sight: Sight | None,
    resident: Resident,
    now: datetime,
    wanted: int,
    called: Names,
) -> Past | None:
    if sight is None or not sight.resident(resident):
        return None
    wanted = min(wanted, MOST_ALERTS)
    found: list[Alert] = []
    for back in LOOKS_BACK:
        filters = {"resident_id": resident.id, "state": "closed"} | ({"since": now - back} if back else {})
        found = list(every(lambda after, limit, asked=filters: uow.alerts.page(asked, after, limit)))  # type: ignore[misc]
        if len(found) > wanted:
            break
    newest = sorted(found, key=lambda alert: alert.number, reverse=True)
    shown = tuple(newest[:wanted])
    return Past(
        shown,
        len(newest) > wanted and wanted < MOST_ALERTS,
        {each.id: called.of(each.closed_by) for each in shown if each.closed_by and each.closed_by != HOUSE},
    )


def _visits(
    uow: UnitOfWork,
    parts: Console,
    who: Caller,
    resident: Resident,
    zone: ZoneInfo,
    called: Names,
) -> Visits | None:
    sight = _sight(uow, who, "/api/v1/visits")
    if sight is None or not sight.resident(resident):
        return None
    now = parts.clock.now()
    said = owed.told(uow, now, resident.id)
    home = uow.homes.get(resident.home_id)
    person = owed.person_of(parts, resident, home, said, called, owed.quota_of(parts), now)
    first_day = person.standing.span.first_day if person.standing else local(now, zone).date().replace(day=1)
    since = start_of_day(first_day, zone)
    made = [each for each in said.visits[resident.id] if each.occurred_at >= since]
    newest = sorted(made, key=lambda each: (each.occurred_at, each.seq), reverse=True)
    return Visits(tuple(owed.made_of(each, zone, called) for each in newest), person, first_day)
