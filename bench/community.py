"""The community that is measured: invented homes with their devices, and grid workers whose webhook is the
sink. It is put into an empty store in bulk; the rules then take in its facts by their own loop, as they would
have over the years.

It is the small hours at these homes, whenever the bench runs: then every shipped rule on beds is awake.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Table

from bench import clock
from bench.places import Place
from services.domain.devices import Device, DeviceType, Ecosystem
from services.domain.events import Event
from services.domain.homes import Grid, Home
from services.domain.people import Channel, ChannelKind, Resident, Role, Worker
from services.domain.register import device_fact, resident_fact
from services.rules.run import RulesLoop
from services.storage.engines import open_engines
from services.storage.events import SqlEventLog
from services.storage.numbers import Numbers
from services.storage.registers import DEVICE, GRID, HOME, RESIDENT, WORKER
from services.storage.rows import Batch, Shape
from services.wiring.clock import SystemClock
from services.wiring.opening import open_store
from services.wiring.settings import Settings, read_settings
from services.wiring.shipped import lay_out, texts_in
from services.wiring.signals import LocalSignals

LOCAL_HOUR = 1
"""The hour at the homes; everybody was enrolled within it, so that no period of a quota is judged
meanwhile.
"""
ENROLLED_BEFORE = timedelta(minutes=55)
GRIDS = 10
AT_ONCE = 1000
PATIENCE = timedelta(seconds=60)
MOST_STEPS = 1_000_000

BED_ALONE = (DeviceType.BED_SENSOR,)
ALL_FOUR = (DeviceType.BED_SENSOR, DeviceType.CALL_BUTTON, DeviceType.MOTION_SENSOR, DeviceType.DOOR_SENSOR)
_NAMES = {
    DeviceType.BED_SENSOR: "bed",
    DeviceType.CALL_BUTTON: "button",
    DeviceType.MOTION_SENSOR: "motion",
    DeviceType.DOOR_SENSOR: "door",
}


@dataclass(frozen=True, slots=True)
class Community:
    """How many homes with which devices, and after them homes with a button alone; one resident a home, named
    ``res-<n>``.
    """

    homes: int
    devices: Sequence[DeviceType] = ALL_FOUR
    button_homes: int = 0

    @property
    def all_homes(self) -> range:
        return range(self.homes + self.button_homes)

    def devices_of(self, home: int) -> Sequence[DeviceType]:
        return self.devices if home < self.homes else (DeviceType.CALL_BUTTON,)


def small_hours(at: datetime) -> str:
    """The name of a zone in which it is now between one and two at night."""
    ahead = (LOCAL_HOUR - at.hour) % 24
    ahead -= 24 if ahead > 14 else 0  # noqa: PLR2004 - no zone is further ahead
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"


def settle(community: Community, place: Place, sink: str) -> None:
    """Make the store of a place and put the community into it; returns when the rules know everybody."""
    place.folder.mkdir(parents=True, exist_ok=True)
    settings = read_settings(data_dir=place.folder, database_url=place.environment.get("ANXIN_DATABASE_URL"))
    lay_out(place.folder)
    at = clock.now()
    _work_through(settings)  # the rulebooks are there before the people, as at any new house
    engines = open_engines(settings.store_url, PATIENCE)
    try:
        with engines.writing.begin() as connection:
            _fill(connection, community, sink, at)
    finally:
        engines.dispose()
    _work_through(settings)


def _fill(connection: Connection, community: Community, sink: str, at: datetime) -> None:
    numbers = Numbers(connection)
    zone = small_hours(at)
    enrolled_at = at - ENROLLED_BEFORE
    people = [
        Worker(
            f"worker-{n}", f"网格员{n}", Role.GRID_WORKER, grid_ids=(f"grid-{n}",),
            channels=(Channel(ChannelKind.WEBHOOK, sink),),
        )
        for n in range(GRIDS)
    ]  # fmt: skip
    homes = [
        Home(f"home-{n}", f"{n}号", grid_id=f"grid-{n % GRIDS}", timezone=zone) for n in community.all_homes
    ]
    residents = [
        Resident(
            f"res-{n}", f"home-{n}", f"住户{n}", enrolled_at, timezone=zone,
            assigned_worker_id=f"worker-{n % GRIDS}", backup_worker_id=f"worker-{(n + 1) % GRIDS}",
        )
        for n in community.all_homes
    ]  # fmt: skip
    devices = [
        Device(
            f"dev-{_NAMES[kind]}-{n}", f"{_NAMES[kind]}-{n}", Ecosystem.NATIVE, kind, home_id=f"home-{n}",
            place="卧室", resident_id=f"res-{n}", registered_at=enrolled_at,
        )
        for n in community.all_homes
        for kind in community.devices_of(n)
    ]  # fmt: skip
    _store(connection, numbers, GRID, [Grid(f"grid-{n}", f"网格{n}") for n in range(GRIDS)])
    _store(connection, numbers, WORKER, people)
    _store(connection, numbers, HOME, homes)
    _store(connection, numbers, RESIDENT, residents)
    _store(connection, numbers, DEVICE, devices)
    log = SqlEventLog(connection, numbers)
    by = "bench"
    for facts in (
        _cut(resident_fact("resident.enrolled", each, enrolled_at, by, zone) for each in residents),
        _cut(device_fact("device.registered", each, enrolled_at, by) for each in devices),
    ):
        for chunk in facts:
            log.append(chunk)


def _store(connection: Connection, numbers: Numbers, shape: Shape[Any], things: Sequence[Any]) -> None:
    table: Table = shape.table
    first = numbers.take(table, len(things))
    rows = [(first + n, *shape.values(thing)) for n, thing in enumerate(things)]
    Batch((table.c.number, *shape.stored)).insert(connection, rows)


def _cut(facts: Iterable[Event]) -> list[list[Event]]:
    every = list(facts)
    return [every[n : n + AT_ONCE] for n in range(0, len(every), AT_ONCE)]


def _work_through(settings: Settings) -> None:
    """Let the rules do what there is to do, by the loop that the service runs."""
    store = open_store(settings, LocalSignals())
    try:
        texts = texts_in(settings.data_dir / "rulebooks")
        loop = RulesLoop(store, SystemClock(), texts, ZoneInfo(settings.timezone))
        for _ in range(MOST_STEPS):
            if not loop.step():
                return
    finally:
        store.close()
