"""Protections: gathers what the domain judges protection by, once for a whole page of residents."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import cached_property

from services.console.parts import Console
from services.console.rostering import NEXT_WITHIN
from services.console.sight import matching
from services.domain.alerts import Alert
from services.domain.devices import Device
from services.domain.duty import DutyPlan, Hole
from services.domain.homes import Grid
from services.domain.people import Resident, Role, Team, Worker
from services.domain.ports import UnitOfWork
from services.domain.posts import UnmannedPost, posts_of, unmanned
from services.domain.protection import CALLS_FOR_HELP, Mending, Protection, protection_of


class _Index:
    """Devices by whose they are and where they stand."""

    def __init__(self, devices: Iterable[Device]) -> None:
        self._by_resident: dict[str | None, list[Device]] = defaultdict(list)
        self._by_home: dict[str | None, list[Device]] = defaultdict(list)
        for device in devices:
            self._by_resident[device.resident_id].append(device)
            self._by_home[device.home_id].append(device)

    def of(self, resident: Resident) -> tuple[list[Device], list[Device]]:
        return self._by_resident.get(resident.id, []), self._by_home.get(resident.home_id, [])


class Watch:
    """Judges residents within one unit of work, at one instant."""

    def __init__(
        self, uow: UnitOfWork, parts: Console, at: datetime, devices: Iterable[Device] | None = None
    ) -> None:
        """``devices``: all that there are, where so many residents are judged that looking each up is
        slower.
        """
        self._uow = uow
        self._at = at
        self._looks = parts.gathering.policies().looks
        self._devices = None if devices is None else _Index(devices)
        self._workers: dict[str, Worker | None] = {}

    @cached_property
    def plan(self) -> DutyPlan:
        """Who is on duty around the instant, as far ahead as anything on a page asks."""
        ahead = self._looks.ahead if self._looks is not None else timedelta(0)
        return self._uow.people.plan(self._at - ahead, self._at + max(ahead, NEXT_WITHIN))

    @cached_property
    def workers(self) -> tuple[Worker, ...]:
        """Everybody in the register."""
        return tuple(self._uow.workers.all())

    @cached_property
    def teams(self) -> tuple[Team, ...]:
        """All of the register."""
        return tuple(self._uow.teams.all())

    @cached_property
    def grids(self) -> tuple[Grid, ...]:
        """All of the register."""
        return tuple(self._uow.grids.all())

    @cached_property
    def _mending(self) -> Mending:
        def of(role: Role) -> tuple[Worker, ...]:
            return self.plan.on_duty((each for each in self.workers if each.role is role), self._at)

        return Mending(of(Role.TECHNICIAN), of(Role.DUTY_DESK), of(Role.MANAGER))

    @cached_property
    def unmanned(self) -> Mapping[str | None, UnmannedPost]:
        """The posts with a hole ahead by their team; None is the duty desk's."""
        if self._looks is None:
            return {}
        ahead = self._looks.ahead
        keeps = self.plan.teams_with_roster(self._at + ahead).__contains__
        posts = posts_of(self.teams, self.grids, self.workers, keeps)
        return {each.post.team_id: each for each in unmanned(self.plan, posts, self._at, ahead)}

    @cached_property
    def _team_of_grid(self) -> Mapping[str, str | None]:
        return {grid.id: grid.team_id for grid in self.grids}

    @cached_property
    def _grid_of_home(self) -> Mapping[str, str | None]:
        return {home.id: home.grid_id for home in self._uow.homes.all()}

    def _hole_around(self, resident: Resident) -> Hole | None:
        """The next hole of the team that looks after the resident's grid."""
        if not self.unmanned:
            return None
        team_id = self._team_of_grid.get(self._grid_of_home.get(resident.home_id) or "")
        found = self.unmanned.get(team_id) if team_id is not None else None
        return found.first if found is not None else None

    def protection(self, resident: Resident, running: list[Alert] | None = None) -> Protection:
        if running is None:
            running = self._uow.alerts.running_for([resident.id]).get(resident.id, [])
        return protection_of(
            resident,
            self.devices(resident),
            running,
            self._worker(resident.assigned_worker_id),
            self._mending,
            self._hole_around(resident),
        )

    def devices(self, resident: Resident) -> list[Device]:
        """Their own, and what of the home's serves them: call devices of anybody, the rest where it is
        nobody's.
        """
        if self._devices is not None:
            own, at_home = self._devices.of(resident)
        else:
            own = self._uow.devices.of_resident(resident.id)
            at_home = list(matching(self._uow.devices, home_id=resident.home_id))
        found = {device.id: device for device in own}
        for device in at_home:
            if device.resident_id is None or device.type in CALLS_FOR_HELP:
                found[device.id] = device
        return list(found.values())

    def _worker(self, worker_id: str | None) -> Worker | None:
        if worker_id is None:
            return None
        if worker_id not in self._workers:
            self._workers[worker_id] = self._uow.workers.get(worker_id)
        return self._workers[worker_id]
