"""The snapshot answers as the store it was taken of, on both of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.domain.circle import Circle
from services.domain.devices import Device, DeviceState, DeviceType, Ecosystem
from services.domain.homes import Grid, Home
from services.domain.people import Resident, Role, Shift, Team, Worker
from services.domain.ports import Store
from services.notify.snapshot import Keeper
from services.storage.store import SqlStore
from services.wiring.clock import SteppedClock

NOON = datetime(2025, 7, 23, 4, tzinfo=UTC)
HOUR = timedelta(hours=1)
BUTTON = Device(
    "button", "btn", Ecosystem.NATIVE, DeviceType.CALL_BUTTON, home_id="north", resident_id="dolma"
)
SHARED = Device("shared", "in-the-hall", Ecosystem.NATIVE, DeviceType.CALL_BUTTON, home_id="north")
LOST = Device("lost", "lost", Ecosystem.NATIVE, DeviceType.CALL_BUTTON)
BEFORE = replace(BUTTON, id="before", state=DeviceState.RETIRED, resident_id=None)
STRANGER = Device("stranger", "btn", Ecosystem.TASMOTA, DeviceType.CALL_BUTTON)
WORKERS = (
    Worker("pema", "Pema", Role.GRID_WORKER, team_id="first"),
    Worker("tashi", "Tashi", Role.GRID_WORKER, team_id="first", active=False),
    Worker("lhamo", "Lhamo", Role.NEIGHBOUR),
    Worker("norbu", "Norbu", Role.CAREGIVER, team_id="second"),
    Worker("yonten", "Yonten", Role.GRID_WORKER, grid_ids=("east",)),
    Worker("desk", "Desk", Role.DUTY_DESK, team_id="first"),
    Worker("night", "Night", Role.DUTY_DESK, team_id="first"),
    Worker("mani", "Mani", Role.MANAGER),
    Worker("gone", "Gone", Role.MANAGER, active=False),
    Worker("ada", "Ada", Role.ADMIN),
    Worker("tek", "Tek", Role.TECHNICIAN),
)
SUBJECTS: tuple[dict[str, str | None], ...] = (
    {"resident_id": "dolma", "device_id": "button", "home_id": "north"},
    {"resident_id": None, "device_id": "shared", "home_id": "north"},
    {"resident_id": None, "device_id": "lost", "home_id": None},
    {"resident_id": None, "device_id": "button", "home_id": None},
    {"resident_id": "nobody", "device_id": None, "home_id": None},
    {"resident_id": None, "device_id": None, "home_id": None},
)


@pytest.fixture
def kept(store: SqlStore) -> tuple[Store, Keeper]:
    with store.writing() as uow:
        for team in ("first", "second"):
            uow.teams.add(Team(team, team))
        uow.grids.add(Grid("east", "east", team_id="second"))
        uow.grids.add(Grid("west", "west", team_id="first", neighbouring_ids=("east", "none")))
        uow.homes.add(Home("north", grid_id="west", neighbour_id="lhamo"))
        for worker in WORKERS:
            uow.workers.add(worker)
        for name in ("dolma", "gyatso"):
            uow.residents.add(Resident(name, "north", name, NOON, assigned_worker_id="pema"))
        uow.residents.add(Resident("left", "north", "left", NOON, left_at=NOON - HOUR))
        uow.shifts.add(Shift("day", "first", "desk", NOON - HOUR, NOON + HOUR))
        uow.shifts.add(Shift("late", "first", "night", NOON + HOUR, NOON + 2 * HOUR))
        for device in (BEFORE, BUTTON, SHARED, LOST, STRANGER):
            uow.devices.add(device)
    keeper = Keeper(store, SteppedClock(NOON))
    keeper.step()
    return store, keeper


@pytest.mark.parametrize("subject", SUBJECTS)
@pytest.mark.parametrize("at", [NOON, NOON + HOUR])
def test_the_circle_around_a_subject_is_that_of_the_store(
    kept: tuple[Store, Keeper], subject: dict[str, str | None], at: datetime
) -> None:
    store, keeper = kept
    with store.reading() as uow:
        stored: Circle = uow.people.circle(**subject, at=at)
    assert keeper.snapshot.circle(**subject, at=at) == stored


def test_devices_are_found_by_name_as_in_the_store(kept: tuple[Store, Keeper]) -> None:
    store, keeper = kept
    for ecosystem in ("native", "tasmota"):
        with store.reading() as uow:
            stored = uow.devices.named(ecosystem, ["btn", "lost", "nobody"])
        assert keeper.snapshot.devices.named(ecosystem, ["btn", "lost", "nobody"]) == stored


def test_the_devices_of_a_resident_are_those_of_the_store(kept: tuple[Store, Keeper]) -> None:
    store, keeper = kept
    with store.reading() as uow:
        assert keeper.snapshot.devices.of_resident("dolma") == uow.devices.of_resident("dolma")
