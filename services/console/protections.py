"""Protections: gathers what the domain judges protection by, once for a whole page of residents."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from functools import cached_property

from services.console.sight import matching
from services.domain.alerts import Alert
from services.domain.devices import Device
from services.domain.people import Resident, Role, Worker, on_duty
from services.domain.ports import UnitOfWork
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

    def __init__(self, uow: UnitOfWork, at: datetime, devices: Iterable[Device] | None = None) -> None:
        """``devices``: all that there are, where so many residents are judged that looking each up is
        slower.
        """
        self._uow = uow
        self._at = at
        self._devices = None if devices is None else _Index(devices)
        self._workers: dict[str, Worker | None] = {}

    @cached_property
    def _mending(self) -> Mending:
        shifts = self._uow.shifts.all()

        def of(role: Role) -> tuple[Worker, ...]:
            return on_duty(matching(self._uow.workers, role=role), shifts, self._at)

        return Mending(of(Role.TECHNICIAN), of(Role.DUTY_DESK), of(Role.MANAGER))

    def protection(self, resident: Resident, running: list[Alert] | None = None) -> Protection:
        if running is None:
            running = self._uow.alerts.running_for([resident.id]).get(resident.id, [])
        return protection_of(
            resident,
            self.devices(resident),
            running,
            self._worker(resident.assigned_worker_id),
            self._mending,
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
