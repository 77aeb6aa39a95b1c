"""A month at invented homes, put into an empty store in bulk: what beds, doors and buttons said, and the
register's facts before it. Nothing of it was ever raised live.

Most of it is readings of beds, each ten minutes, as at real homes; somebody is up at night now and then for
longer than the rules like.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from services.domain.devices import Device, DeviceType, Ecosystem
from services.domain.events import Event, Json, Origin
from services.domain.homes import Grid, Home
from services.domain.identity import derived_id
from services.domain.people import Channel, ChannelKind, Resident, Role, Worker
from services.domain.ports import UnitOfWork
from services.domain.records import RulebookRevision
from services.domain.register import device_fact, resident_fact
from services.rules.shelf import arrange
from services.storage.engines import Synchronous
from services.storage.store import SqlStore
from services.wiring.shipped import shipped
from services.wiring.signals import LocalSignals

GRIDS = 6
ZONE = "Asia/Shanghai"
EVENING = timedelta(hours=13)
"""21:00 of the zone, in UTC: when people lie down."""
NIGHT_FOR = timedelta(hours=9)
READING_EVERY = timedelta(minutes=10)
LONG_UP = 0.01
"""The share of nights in which somebody is up for longer than twenty minutes."""
PRESSES = 0.02
"""The share of days with a press."""
AT_ONCE = 5000
BY = "bench"
CHANNEL = (Channel(ChannelKind.WEBHOOK, "http://127.0.0.1:9/nobody"),)


def make(url: str, homes: int, days: int, until: datetime) -> int:
    """Fill the migrated, empty store at an address; how many events it has then."""
    store = SqlStore(url, LocalSignals(), synchronous=Synchronous.OFF)
    begins_at = until - timedelta(days=days)
    try:
        with store.writing() as uow:
            facts = list(_settled(uow, homes, begins_at - timedelta(days=30)))
            uow.events.append(facts)
            for revision in _rulebooks(begins_at):
                uow.rulebooks.add(revision)
        told = heapq.merge(
            *(_home(n, days, begins_at) for n in range(homes)), key=lambda event: event.received_at
        )
        count = len(facts)
        piece: list[Event] = []
        for event in told:
            piece.append(event)
            if len(piece) == AT_ONCE:
                count += _stored(store, piece)
        return count + _stored(store, piece)
    finally:
        store.close()


def _stored(store: SqlStore, piece: list[Event]) -> int:
    count = len(piece)
    with store.writing() as uow:
        uow.events.append(piece)
    piece.clear()
    return count


def _rulebooks(at: datetime) -> tuple[RulebookRevision, ...]:
    return arrange(shipped("rulebooks"), (), at).new_revisions


def _settled(uow: UnitOfWork, homes: int, at: datetime) -> Iterator[Event]:
    for n in range(GRIDS):
        uow.grids.add(Grid(f"grid-{n}", f"网格{n}"))
        uow.workers.add(
            Worker(f"worker-{n}", f"网格员{n}", Role.GRID_WORKER, grid_ids=(f"grid-{n}",), channels=CHANNEL)
        )
    uow.workers.add(Worker("desk", "值班台", Role.DUTY_DESK, channels=CHANNEL))
    for n in range(homes):
        uow.homes.add(Home(f"home-{n}", f"{n}号", grid_id=f"grid-{n % GRIDS}"))
        resident = Resident(
            f"res-{n}",
            f"home-{n}",
            f"住户{n}",
            at,
            assigned_worker_id=f"worker-{n % GRIDS}",
            backup_worker_id=f"worker-{(n + 1) % GRIDS}",
        )
        uow.residents.add(resident)
        yield resident_fact("resident.enrolled", resident, at, BY, ZONE)
        for kind in (DeviceType.BED_SENSOR, DeviceType.CALL_BUTTON, DeviceType.DOOR_SENSOR):
            device = Device(
                f"{kind.value}-{n}",
                f"{kind.value}-{n}",
                Ecosystem.NATIVE,
                kind,
                home_id=f"home-{n}",
                place="卧室",
                resident_id=f"res-{n}",
                registered_at=at,
            )
            uow.devices.add(device)
            yield device_fact("device.registered", device, at, BY)


def _home(number: int, days: int, begins_at: datetime) -> Iterator[Event]:
    """What the devices of one home said, in order."""
    dice = Random(number)  # noqa: S311 - invented homes need dice, not cryptography
    midnight = begins_at.replace(hour=0, minute=0, second=0, microsecond=0)
    said: list[Event] = []
    for day in range(days):
        start = midnight + timedelta(days=day)
        said += _readings(number, start, dice)
        said += _night(number, start, dice)
        said += _doors(number, start, dice)
        if dice.random() < PRESSES:
            said.append(
                _said("call_button.pressed", "call_button", number, start + dice.random() * timedelta(days=1))
            )
        if dice.random() < 1 / 12:
            visit = _said(
                "visit.completed", "", number, start + timedelta(hours=3, minutes=dice.randrange(300))
            )
            said.append(
                replace(visit, origin=Origin.PERSON, device_id=None, recorded_by=f"worker-{number % GRIDS}")
            )
    yield from sorted(said, key=lambda event: event.received_at)


def _readings(number: int, start: datetime, dice: Random) -> Iterator[Event]:
    for step in range(timedelta(days=1) // READING_EVERY):
        at = start + step * READING_EVERY + timedelta(seconds=number)
        data = {"heart_rate": float(dice.randint(54, 96)), "respiration_rate": float(dice.randint(11, 19))}
        yield _said("bed.vitals", "bed_sensor", number, at, data)


def _night(number: int, start: datetime, dice: Random) -> Iterator[Event]:
    lies_down = start + EVENING + timedelta(minutes=dice.randrange(50))
    yield _said("bed.entered", "bed_sensor", number, lies_down)
    for walk in range(dice.choice((0, 1, 1, 2, 3))):
        up_at = lies_down + timedelta(hours=2 * walk + 1, minutes=dice.randrange(60))
        yield _said("bed.exited", "bed_sensor", number, up_at)
        minutes = dice.randint(25, 60) if dice.random() < LONG_UP else dice.randint(3, 12)
        yield _said("bed.entered", "bed_sensor", number, up_at + timedelta(minutes=minutes))
    yield _said("bed.exited", "bed_sensor", number, lies_down + NIGHT_FOR)


def _doors(number: int, start: datetime, dice: Random) -> Iterator[Event]:
    for hour in (1, 9):
        at = start + timedelta(hours=hour, minutes=dice.randrange(60))
        yield _said("door.opened", "door_sensor", number, at)
        yield _said("door.closed", "door_sensor", number, at + timedelta(seconds=20))


def _said(kind: str, device: str, number: int, at: datetime, data: Json = None) -> Event:
    key = derived_id("evt", kind, number, at.isoformat())
    return Event(
        id=key,
        kind=kind,
        occurred_at=at,
        received_at=at,
        origin=Origin.DEVICE,
        resident_id=f"res-{number}",
        device_id=f"{device}-{number}",
        home_id=f"home-{number}",
        data=data or {},
        dedupe_key=key,
    )
