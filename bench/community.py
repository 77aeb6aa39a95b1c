"""The community that is measured: invented homes with their devices, and grid workers whose webhook is the
sink. It is put into an empty store in bulk; the rules then take in its facts by their own loop, as they would
have over the years.

It is the small hours at these homes, whenever the bench runs: then every shipped rule on beds is awake.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, islice
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bench import clock
from bench.places import Place
from services.domain.devices import Device, DeviceType, Ecosystem
from services.domain.events import Event
from services.domain.homes import Grid, Home
from services.domain.people import Channel, ChannelKind, Resident, Role, Worker
from services.domain.register import device_fact, resident_fact
from services.rules.run import RulesLoop
from services.storage.engines import open_engines
from services.storage.registers import DEVICE, GRID, HOME, RESIDENT, WORKER
from services.storage.rows import Shape
from services.storage.tables import numbers
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
BY = "bench"
"""Who recorded the facts of the register."""
AT_ONCE = 500
"""Facts in one transaction: a batch of the rules."""
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
    zone, enrolled_at = small_hours(at), at - ENROLLED_BEFORE
    store = open_store(settings, LocalSignals())
    try:
        texts = texts_in(place.folder / "rulebooks")
        loop = RulesLoop(store, SystemClock(), texts, ZoneInfo(settings.timezone))
        _work_off(loop)  # the rulebooks are there before the people, as at any new house
        residents = [_resident(n, zone, enrolled_at) for n in community.all_homes]
        devices = [
            [_device(n, kind, enrolled_at) for kind in community.devices_of(n)] for n in community.all_homes
        ]
        _fill_registers(settings, zone, sink, residents, list(chain.from_iterable(devices)))
        for facts in _cut(_facts(residents, devices, zone, enrolled_at)):
            with store.writing() as uow:
                uow.events.append(facts)
            _work_off(loop)
    finally:
        store.close()


def _work_off(loop: RulesLoop) -> None:
    for _ in range(MOST_STEPS):
        if not loop.step():
            return


def _resident(number: int, zone: str, enrolled_at: datetime) -> Resident:
    return Resident(
        f"res-{number}",
        f"home-{number}",
        f"住户{number}",
        enrolled_at,
        timezone=zone,
        assigned_worker_id=f"worker-{number % GRIDS}",
        backup_worker_id=f"worker-{(number + 1) % GRIDS}",
    )


def _device(number: int, kind: DeviceType, registered_at: datetime) -> Device:
    return Device(
        f"dev-{_NAMES[kind]}-{number}",
        f"{_NAMES[kind]}-{number}",
        Ecosystem.NATIVE,
        kind,
        home_id=f"home-{number}",
        place="卧室",
        resident_id=f"res-{number}",
        registered_at=registered_at,
    )


def _fill_registers(
    settings: Settings, zone: str, sink: str, residents: Sequence[Resident], devices: Sequence[Device]
) -> None:
    """Write the registers of an empty store in bulk: asking for each row whether it is there already would
    take longer than all that is measured.
    """
    channels = (Channel(ChannelKind.WEBHOOK, sink),)
    people = [
        Worker(f"worker-{n}", f"网格员{n}", Role.GRID_WORKER, grid_ids=(f"grid-{n}",), channels=channels)
        for n in range(GRIDS)
    ]
    homes = [
        Home(f"home-{n}", f"{n}号", grid_id=f"grid-{n % GRIDS}", timezone=zone) for n in range(len(residents))
    ]
    engines = open_engines(settings.store_url, PATIENCE)
    try:
        with engines.writing.begin() as connection:
            _store(connection, GRID, [Grid(f"grid-{n}", f"网格{n}") for n in range(GRIDS)])
            _store(connection, WORKER, people)
            _store(connection, HOME, homes)
            _store(connection, RESIDENT, residents)
            _store(connection, DEVICE, devices)
    finally:
        engines.dispose()


def _store(connection: Connection, shape: Shape[Any], things: Sequence[Any]) -> None:
    rows = [shape.named(thing, number=number) for number, thing in enumerate(things, 1)]
    connection.execute(shape.table.insert(), rows)
    connection.execute(numbers.insert(), {"collection": shape.table.name, "last": len(rows)})


def _facts(
    residents: Iterable[Resident], devices: Iterable[Sequence[Device]], zone: str, at: datetime
) -> Iterator[Event]:
    for resident, own in zip(residents, devices, strict=True):
        yield resident_fact("resident.enrolled", resident, at, BY, zone)
        for device in own:
            yield device_fact("device.registered", device, at, BY)


def _cut(facts: Iterable[Event]) -> Iterator[list[Event]]:
    every = iter(facts)
    while chunk := list(islice(every, AT_ONCE)):
        yield chunk
