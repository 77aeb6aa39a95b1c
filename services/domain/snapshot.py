"""The snapshot: devices, homes, people and rosters as they were in the store at an instant, in memory.

It answers what an alarm needs to reach somebody while the store does not answer: which device spoke, who
lives there, who is around. It answers as the store would have answered then, and never asks anybody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from services.domain.alerts import Alert
from services.domain.circle import Circle, care_team, next_door, of_role
from services.domain.devices import Device, DeviceState
from services.domain.duty import DutyPlan
from services.domain.homes import Grid, Home
from services.domain.notices import Notice
from services.domain.people import Resident, Role, Worker
from services.domain.records import RulebookRevision


class _Named(Protocol):
    @property
    def id(self) -> str: ...


T = TypeVar("T", bound=_Named)


@dataclass(frozen=True, slots=True)
class Running:
    """An alert that was running, with the notices that it had."""

    alert: Alert
    notices: tuple[Notice, ...] = ()

    @property
    def matter(self) -> tuple[str, str]:
        """Its kind and subject; one alert of each runs at a time."""
        return self.alert.kind, self.alert.subject


class Kept(Generic[T]):
    """One register, by id."""

    def __init__(self, things: Iterable[T] = ()) -> None:
        self._by_id = {thing.id: thing for thing in things}

    def __len__(self) -> int:
        return len(self._by_id)

    def get(self, thing_id: str) -> T | None:
        return self._by_id.get(thing_id)

    def all(self) -> Iterable[T]:
        return self._by_id.values()


class KeptDevices(Kept[Device]):
    """The devices, as `Devices` of the store finds them."""

    def __init__(self, devices: Iterable[Device] = ()) -> None:
        super().__init__(devices)
        self._by_name: dict[tuple[str, str], Device] = {}
        self._of_resident: dict[str, list[Device]] = defaultdict(list)
        for device in self.all():
            name = (device.ecosystem.value, device.external_id)
            known = self._by_name.get(name)
            if known is None or device.state is not DeviceState.RETIRED or known.state is DeviceState.RETIRED:
                self._by_name[name] = device
            if device.resident_id is not None:
                self._of_resident[device.resident_id].append(device)

    def named(self, ecosystem: str, external_ids: Iterable[str]) -> dict[str, Device]:
        asked = ((name, self._by_name.get((ecosystem, name))) for name in external_ids)
        return {name: device for name, device in asked if device is not None}

    def of_resident(self, resident_id: str) -> list[Device]:
        return self._of_resident.get(resident_id, [])


class Snapshot:
    """What was in the store at ``taken_at`` (None: nothing was ever read), in the order of storing."""

    def __init__(
        self,
        taken_at: datetime | None = None,
        *,
        homes: Iterable[Home] = (),
        grids: Iterable[Grid] = (),
        residents: Iterable[Resident] = (),
        workers: Iterable[Worker] = (),
        plan: DutyPlan | None = None,
        devices: Iterable[Device] = (),
        rulebooks: Iterable[RulebookRevision] = (),
    ) -> None:
        self.taken_at = taken_at
        self.homes = Kept(homes)
        self.grids = Kept(grids)
        self.residents = Kept(residents)
        self.devices = KeptDevices(devices)
        self.rulebooks = tuple(rulebooks)
        self._workers = {worker.id: worker for worker in workers}
        self.plan = plan or DutyPlan()
        self._living_in: dict[str, list[Resident]] = defaultdict(list)
        for resident in self.residents.all():
            self._living_in[resident.home_id].append(resident)

    def workers(self) -> tuple[Worker, ...]:
        """Everybody who may be told, active or not."""
        return tuple(self._workers.values())

    def circle(
        self, *, resident_id: str | None, device_id: str | None, home_id: str | None, at: datetime
    ) -> Circle:
        """The people around a subject, as `People.circle` of the store looks them up."""
        device = self.devices.get(device_id or "")
        resident = self.residents.get(resident_id or (device.resident_id if device else None) or "")
        lives_in = resident.home_id if resident else home_id or (device.home_id if device else None)
        home = self.homes.get(lives_in or "")
        grid = self.grids.get((home.grid_id if home else None) or "")
        everybody = tuple(self._workers.values())
        duty = self.plan.on_duty(everybody, at)
        active = tuple(worker for worker in everybody if worker.active)
        team = care_team(duty, grid)
        return Circle(
            resident=resident,
            residents=self._residents_of(home, at),
            home=home,
            grid=grid,
            assigned=self._worker(resident.assigned_worker_id if resident else None),
            backup=self._worker(resident.backup_worker_id if resident else None),
            neighbour=self._worker(home.neighbour_id if home else None),
            team_on_duty=team,
            duty_desk=of_role(duty, Role.DUTY_DESK),
            managers=of_role(active, Role.MANAGER),
            admins=of_role(active, Role.ADMIN),
            technicians=of_role(duty, Role.TECHNICIAN),
            neighbouring_on_duty=self._next_door(duty, grid, team),
            on_leave=self.plan.on_leave(active, at),
            workers=everybody,
        )

    def _worker(self, worker_id: str | None) -> Worker | None:
        return self._workers.get(worker_id or "")

    def _residents_of(self, home: Home | None, at: datetime) -> tuple[Resident, ...]:
        living = self._living_in.get(home.id, []) if home else []
        return tuple(each for each in living if each.left_at is None or each.left_at > at)

    def _next_door(
        self, duty: Iterable[Worker], grid: Grid | None, team: tuple[Worker, ...]
    ) -> tuple[Worker, ...]:
        if grid is None or not grid.neighbouring_ids:
            return ()
        beside = (self.grids.get(each) for each in grid.neighbouring_ids)
        teams = {found.team_id for found in beside if found is not None} - {None}
        return next_door(duty, grid, teams, team)


Matters = Mapping[tuple[str, str], Running]
"""Running alerts by kind and subject."""
