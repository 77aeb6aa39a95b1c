"""The homes of a fleet, put into the empty data folder of a service that is about to start for it: everybody
is invented, and the folder says so. The registers are written in bulk and the rules take in the facts by
their own loop, as they would have over the years; the API hashes a password and tells the broker for each
device.

A folder in which anybody lives is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from devices.simulator.fleet.mix import TYPES, device_name
from services.domain.devices import Device, DeviceType, Ecosystem
from services.domain.events import Event
from services.domain.homes import Grid, Home
from services.domain.people import Channel, ChannelKind, Resident, Role, Worker
from services.domain.register import device_fact, resident_fact
from services.rules.run import RulesLoop
from services.storage.engines import open_engines
from services.storage.registers import DEVICE, GRID, HOME, RESIDENT, WORKER
from services.storage.rows import Shape
from services.storage.store import SqlStore
from services.storage.tables import numbers
from services.wiring.clock import SystemClock
from services.wiring.demo import RealResidents, mark_as_invented
from services.wiring.opening import open_store
from services.wiring.settings import Settings, read_settings
from services.wiring.shipped import lay_out, texts_in
from services.wiring.signals import LocalSignals

GRIDS = 10
AT_ONCE = 100
"""Homes whose facts are stored in one transaction: a batch of the rules."""
BY = "fleet"
"""Who recorded the facts of the register."""
SIMULATED = "simulated"
PATIENCE = timedelta(seconds=60)
MOST_STEPS = 1_000_000


def settle(
    folder: Path,
    homes: int,
    prefix: str,
    address_of: Callable[[str], str],
    settled: Callable[[int], None],
) -> dict[str, int]:
    """Make ``homes`` homes with a resident and all devices each; ``address_of`` gives a worker's telephone.
    Answers which home each resident lives in. `RealResidents` in a folder where anybody lives.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    settings = read_settings(data_dir=folder, database_url="")
    lay_out(folder)
    store = open_store(settings, LocalSignals())
    try:
        with store.reading() as uow:
            if uow.residents.page({"synthetic": False}, after=0, limit=1).items:
                raise RealResidents("somebody lives in this folder already")
        mark_as_invented(folder, SIMULATED)
        _move_in(store, settings, homes, prefix, address_of, settled)
    finally:
        store.close()
    return {_resident_id(home): home for home in range(homes)}


def _move_in(
    store: SqlStore,
    settings: Settings,
    homes: int,
    prefix: str,
    address_of: Callable[[str], str],
    settled: Callable[[int], None],
) -> None:
    clock = SystemClock()
    texts = texts_in(settings.data_dir / "rulebooks")
    loop = RulesLoop(store, clock, texts, ZoneInfo(settings.timezone))
    _work_off(loop)  # the rulebooks are there before the people, as at any new house
    now = clock.now()
    residents = [_resident(home, now) for home in range(homes)]
    devices = [list(_devices(home, prefix, now)) for home in range(homes)]
    engines = open_engines(settings.store_url, PATIENCE)
    try:
        with engines.writing.begin() as connection:
            _store(connection, GRID, [Grid(f"grid_fleet_{n}", f"网格{n + 1}") for n in range(GRIDS)])
            _store(connection, WORKER, list(_workers(address_of)))
            _store(connection, HOME, [_home(number) for number in range(homes)])
            _store(connection, RESIDENT, residents)
            _store(connection, DEVICE, [device for own in devices for device in own])
    finally:
        engines.dispose()
    for first in range(0, homes, AT_ONCE):
        facts: list[Event] = []
        for resident, own in zip(
            residents[first : first + AT_ONCE], devices[first : first + AT_ONCE], strict=True
        ):
            facts.append(resident_fact("resident.enrolled", resident, now, BY, settings.timezone))
            facts += [device_fact("device.registered", device, now, BY) for device in own]
        with store.writing() as uow:
            uow.events.append(facts)
        _work_off(loop)
        settled(min(AT_ONCE, homes - first))


def _work_off(loop: RulesLoop) -> None:
    for _ in range(MOST_STEPS):
        if not loop.step():
            return


def _store(connection: Connection, shape: Shape[Any], things: Sequence[Any]) -> None:
    """Rows of an empty register; asking for each whether it is there already would take longer than that."""
    rows = [shape.named(thing, number=number) for number, thing in enumerate(things, 1)]
    connection.execute(shape.table.insert(), rows)
    connection.execute(numbers.insert(), {"collection": shape.table.name, "last": len(rows)})


def _resident_id(home: int) -> str:
    return f"res_fleet_{home}"


def _workers(address_of: Callable[[str], str]) -> Iterator[Worker]:
    def worker(name: str, called: str, role: Role, grids: tuple[str, ...] = ()) -> Worker:
        channels = (Channel(ChannelKind.WEBHOOK, address_of(name)),)
        return Worker(f"wrk_fleet_{name}", called, role, grid_ids=grids, channels=channels)

    for number in range(GRIDS):
        yield worker(f"grid-{number}", f"网格员{number + 1}", Role.GRID_WORKER, (f"grid_fleet_{number}",))
    yield worker("desk", "值班台", Role.DUTY_DESK)
    yield worker("manager", "主任", Role.MANAGER)


def _home(number: int) -> Home:
    return Home(f"home_fleet_{number}", f"{number + 1}号", grid_id=f"grid_fleet_{number % GRIDS}")


def _resident(number: int, now: datetime) -> Resident:
    grid = number % GRIDS
    return Resident(
        _resident_id(number),
        f"home_fleet_{number}",
        f"住户{number + 1}",
        now,
        assigned_worker_id=f"wrk_fleet_grid-{grid}",
        backup_worker_id=f"wrk_fleet_grid-{(grid + 1) % GRIDS}",
    )


def _devices(number: int, prefix: str, now: datetime) -> Iterator[Device]:
    for device_type in TYPES:
        name = device_name(prefix, device_type, number)
        yield Device(
            f"dev_{name}",
            name,
            Ecosystem.NATIVE,
            DeviceType(device_type),
            home_id=f"home_fleet_{number}",
            place="卧室",
            resident_id=_resident_id(number),
            registered_at=now,
        )
