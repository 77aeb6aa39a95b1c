"""Sight: which residents, homes and alerts a caller may see, where their role sees only what lies around
them.

Around a worker are the residents assigned to them (first or as backup), those of their grids, of their
team's grids for a caregiver, and those of the homes that they answer for as a neighbour; and each alert
that they were told of, own or hold. Others do not exist for them. Where the key of a home is unfolds for them
only while they have a running alert there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property

from services.console.callers import Caller
from services.console.rights import Sees
from services.domain.alerts import Alert
from services.domain.devices import Device
from services.domain.events import Event
from services.domain.findings import Finding
from services.domain.homes import Grid, Home
from services.domain.people import Resident, Role, Worker
from services.domain.ports import Page, Register, T, UnitOfWork

PAGE = 500


def every(fetch: Callable[[int, int], Page[T]]) -> Iterator[T]:
    """All things of a paged collection, page by page."""
    after: int | None = 0
    while after is not None:
        page = fetch(after, PAGE)
        yield from page.items
        after = page.next


def matching(register: Register[T], **fields: str) -> Iterator[T]:
    """All things of a register whose fields have these values."""
    return every(lambda after, limit: register.page(fields, after, limit))


def grids_of(uow: UnitOfWork, worker: Worker | None) -> list[Grid]:
    """The grids of a worker, and of a caregiver those of the team as well."""
    if worker is None:
        return []
    found = uow.grids.having("id", sorted(worker.grid_ids)) if worker.grid_ids else []
    if worker.role is Role.CAREGIVER and worker.team_id is not None:
        found = [*found, *matching(uow.grids, team_id=worker.team_id)]
    return list({grid.id: grid for grid in found}.values())


class Sight:
    """What one caller sees within one unit of work."""

    def __init__(self, uow: UnitOfWork, caller: Caller) -> None:
        self._uow = uow
        self._worker = caller.worker
        self._sees_all = caller.sees is Sees.ALL
        self.unfolded: dict[str, Alert] = {}
        """The alerts for which something unfolded in this reading, by id: the audit is told of them."""

    @cached_property
    def _around(self) -> tuple[frozenset[str], frozenset[str]]:
        """Ids of the homes and of the residents around the worker."""
        if self._worker is None:
            return frozenset(), frozenset()
        homes = {home.id for home in self._homes}
        homes |= {resident.home_id for resident in self.residents}
        return frozenset(homes), frozenset(resident.id for resident in self.residents)

    @cached_property
    def residents(self) -> tuple[Resident, ...]:
        """Those around the worker; whoever sees all sees others as well."""
        if self._worker is None:
            return ()
        register = self._uow.residents
        found = register.having("home_id", [home.id for home in self._homes])
        for field in ("assigned_worker_id", "backup_worker_id"):
            found += register.having(field, [self._worker.id])
        return tuple({resident.id: resident for resident in found}.values())

    @cached_property
    def _homes(self) -> tuple[Home, ...]:
        """Those that the worker answers for, whoever lives there."""
        return tuple(self._homes_of(self._worker)) if self._worker is not None else ()

    def _homes_of(self, worker: Worker) -> Iterator[Home]:
        grid_ids = set(worker.grid_ids)
        if worker.role is Role.CAREGIVER and worker.team_id is not None:
            grid_ids |= {grid.id for grid in matching(self._uow.grids, team_id=worker.team_id)}
        if grid_ids:
            yield from self._uow.homes.having("grid_id", sorted(grid_ids))
        yield from matching(self._uow.homes, neighbour_id=worker.id)

    def place(self, resident_id: str | None, home_id: str | None) -> bool:
        """Something that concerns a resident, or a home alone."""
        if self._sees_all:
            return True
        homes, residents = self._around
        return resident_id in residents if resident_id is not None else home_id in homes

    def home(self, home: Home) -> bool:
        return self._sees_all or home.id in self._around[0]

    def resident(self, resident: Resident) -> bool:
        return self.place(resident.id, resident.home_id)

    def device(self, device: Device) -> bool:
        return self.place(device.resident_id, device.home_id)

    def event(self, event: Event) -> bool:
        return self.place(event.resident_id, event.home_id)

    def finding(self, finding: Finding) -> bool:
        return self.place(finding.resident_id, finding.home_id)

    def alert(self, alert: Alert) -> bool:
        mine = self._worker.id if self._worker is not None else None
        if self._concerns(mine, alert):
            return True
        return mine is not None and bool(self._uow.notices.told_of(mine, [alert.id]))

    def _concerns(self, mine: str | None, alert: Alert) -> bool:
        """As far as the alert itself says."""
        if self.place(alert.resident_id, alert.home_id):
            return True
        named = {*alert.owner_ids, alert.accepted_by, alert.handover_to}
        return mine is not None and mine in named

    def unfolds(self, alert: Alert) -> bool:
        """Whether what only whoever goes has to know is shown to the caller with this alert."""
        if self._sees_all:
            return True
        if self._worker is None or not alert.is_running or alert.accepted_by != self._worker.id:
            return False
        self.unfolded[alert.id] = alert
        return True

    def unfolds_home(self, home_id: str) -> bool:
        """The same of a home by itself: they have a running alert there."""
        seen = [self.unfolds(alert) for alert in self._held.get(home_id, ())]  # each is to be known
        return self._sees_all or any(seen)

    @cached_property
    def _held(self) -> dict[str | None, list[Alert]]:
        """Running alerts of the residents around the worker, by home."""
        lives_in = {resident.id: resident.home_id for resident in self.residents}
        held: dict[str | None, list[Alert]] = {}
        for resident_id, alerts in self._uow.alerts.running_for(lives_in).items():
            held.setdefault(lives_in[resident_id], []).extend(alerts)
        return held

    def alerts(self, alerts: Iterable[Alert]) -> list[Alert]:
        """Those that are seen; of many at once asked for at once."""
        asked = list(alerts)
        if self._sees_all or self._worker is None:
            return [alert for alert in asked if self.alert(alert)]
        near = {alert.id for alert in asked if self._concerns(self._worker.id, alert)}
        far = [alert.id for alert in asked if alert.id not in near]
        seen = near | (self._uow.notices.told_of(self._worker.id, far) if far else set())
        return [alert for alert in asked if alert.id in seen]

    def alert_id(self, alert_id: str) -> bool:
        """As `alert`, by id; an unknown one is not seen."""
        if self._sees_all:
            return True
        alert = self._uow.alerts.standing(alert_id)
        return alert is not None and self.alert(alert)
