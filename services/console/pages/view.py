"""The view: what the live page shows, gathered from one moment of the store and filtered for whoever
looks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from services.console.api.alert_shapes import title_of
from services.console.callers import Caller
from services.console.parts import Console
from services.console.protections import Watch
from services.console.sight import Sight, every
from services.domain.alerts import Alert, AlertState, DeadlineKind
from services.domain.homes import Home
from services.domain.people import Language, Resident, Worker
from services.domain.ports import UnitOfWork
from services.domain.protection import Protection, ProtectionState

MOST_RESIDENTS = 500
"""More than these do not fit on one plain page; it says that there are more."""


@dataclass(frozen=True, slots=True)
class Card:
    """One running alert."""

    alert: Alert
    title: str
    who: str
    address: str
    phone: str | None
    key_place: str | None
    owners: tuple[str, ...]
    holder: str | None
    reports: int
    mine: bool
    asked: bool
    unanswered: bool


@dataclass(frozen=True, slots=True)
class Tile:
    """One resident."""

    resident: Resident
    address: str
    protection: Protection
    owner: str | None


@dataclass(frozen=True, slots=True)
class Part:
    """The residents of one grid; the last part has those of none."""

    name: str | None
    tiles: tuple[Tile, ...]


@dataclass(frozen=True, slots=True)
class View:
    """All of the page."""

    now: datetime
    after: int
    cards: tuple[Card, ...]
    parts: tuple[Part, ...]
    counts: Mapping[str, int]
    workers: tuple[Worker, ...]
    more: bool
    waiting: int


def look(uow: UnitOfWork, parts: Console, who: Caller, language: Language) -> View:
    """What this caller sees now."""
    now = parts.clock.now()
    sight = Sight(uow, who)
    workers = uow.workers.all()
    names = {worker.id: worker.name for worker in workers}
    homes = {home.id: home for home in uow.homes.all()}
    people = [each for each in uow.residents.all() if not each.synthetic and sight.resident(each)]
    shown = people[:MOST_RESIDENTS]
    running = [
        alert
        for alert in every(
            lambda after, limit: uow.alerts.page({"state": "running", "synthetic": False}, after, limit)
        )
        if sight.alert(alert)
    ]
    watch = Watch(uow, now, devices=uow.devices.all())
    tiles = [_tile(each, homes, names, watch, running) for each in shown if each.left_at is None]
    return View(
        now=now,
        after=uow.alerts.last_change(),
        cards=tuple(_card(alert, uow, homes, names, language, who) for alert in _urgent_first(running)),
        parts=tuple(_by_grid(uow, tiles, homes)),
        counts={
            state.value: sum(tile.protection.state is state for tile in tiles) for state in ProtectionState
        },
        workers=tuple(worker for worker in workers if worker.active),
        more=len(people) > len(shown),
        waiting=sum(alert.state is AlertState.OPEN for alert in running),
    )


def _urgent_first(running: Iterable[Alert]) -> list[Alert]:
    """Who waits for help comes before who has it coming, the graver before the lighter, the longer before
    the newer.
    """
    waits = {AlertState.OPEN: 0, AlertState.ACCEPTED: 1, AlertState.ARRIVED: 2}
    return sorted(
        running, key=lambda alert: (-alert.severity.rank, waits.get(alert.state, 3), alert.opened_at)
    )


def _card(
    alert: Alert,
    uow: UnitOfWork,
    homes: Mapping[str, Home],
    names: Mapping[str, str],
    language: Language,
    who: Caller,
) -> Card:
    resident = uow.residents.get(alert.resident_id) if alert.resident_id else None
    home = homes.get((resident.home_id if resident else alert.home_id) or "")
    device = uow.devices.get(alert.device_id) if alert.device_id else None
    where = (home.address if home else None, device.place if device else None)
    return Card(
        alert=alert,
        title=title_of(alert, language),
        who=resident.name if resident else (device.external_id if device else alert.subject),
        address=" ".join(part for part in where if part),
        phone=(resident.phone if resident else None) or (home.phone if home else None),
        key_place=home.key_place if home else None,
        owners=tuple(_called(owner, names) for owner in alert.owner_ids),
        holder=names.get(alert.accepted_by, alert.accepted_by) if alert.accepted_by else None,
        reports=len(alert.facts),
        mine=alert.accepted_by is not None and alert.accepted_by == who.worker_id,
        asked=who.worker_id in alert.owner_ids and who.worker_id not in alert.declined_by,
        unanswered=any(each.kind is DeadlineKind.ANSWER_AGAIN for each in alert.deadlines),
    )


def _called(owner: str, names: Mapping[str, str]) -> str:
    """What people call an owner: a worker by name, a contact by theirs; else the key, which the page
    words.
    """
    return names.get(owner) or owner.removeprefix("contact:")


def _tile(
    resident: Resident,
    homes: Mapping[str, Home],
    names: Mapping[str, str],
    watch: Watch,
    running: Iterable[Alert],
) -> Tile:
    own = [alert for alert in running if alert.resident_id == resident.id]
    protection = watch.protection(resident, own)
    home = homes.get(resident.home_id)
    owner = protection.owner_id
    return Tile(
        resident, home.address if home else "", protection, names.get(owner, owner) if owner else None
    )


def _by_grid(uow: UnitOfWork, tiles: list[Tile], homes: Mapping[str, Home]) -> list[Part]:
    def grid_of(tile: Tile) -> str | None:
        home = homes.get(tile.resident.home_id)
        return home.grid_id if home else None

    grids = {grid.id: grid.name for grid in uow.grids.all()}
    parts = [
        Part(name, tuple(tile for tile in tiles if grid_of(tile) == grid_id))
        for grid_id, name in grids.items()
    ]
    parts.append(Part(None, tuple(tile for tile in tiles if grid_of(tile) not in grids)))
    return [part for part in parts if part.tiles]
