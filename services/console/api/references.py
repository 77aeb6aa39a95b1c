"""References: ids of other things that a request names. One that is not there, or that the caller may not
see, is a fault of its field.
"""

from __future__ import annotations

from services.console.problems import unfit
from services.console.sight import Sight
from services.domain.devices import Device
from services.domain.homes import Grid, Home
from services.domain.people import Resident, Team, Worker
from services.domain.ports import Register, T, UnitOfWork


class Known:
    """Looks named things up; None stays None."""

    def __init__(self, uow: UnitOfWork, sight: Sight | None = None) -> None:
        self._uow = uow
        self._sight = sight

    def home(self, field: str, home_id: str | None) -> Home | None:
        home = _looked_up(self._uow.homes, "home", field, home_id)
        if home is not None and self._sight is not None and not self._sight.home(home):
            raise unfit(field, home_id, "the id of a home")
        return home

    def resident(self, field: str, resident_id: str | None) -> Resident | None:
        resident = _looked_up(self._uow.residents, "resident", field, resident_id)
        if resident is not None and self._sight is not None and not self._sight.resident(resident):
            raise unfit(field, resident_id, "the id of a resident")
        return resident

    def worker(self, field: str, worker_id: str | None) -> Worker | None:
        return _looked_up(self._uow.workers, "worker", field, worker_id)

    def grid(self, field: str, grid_id: str | None) -> Grid | None:
        return _looked_up(self._uow.grids, "grid", field, grid_id)

    def team(self, field: str, team_id: str | None) -> Team | None:
        return _looked_up(self._uow.teams, "team", field, team_id)

    def device(self, field: str, device_id: str | None) -> Device | None:
        return _looked_up(self._uow.devices, "device", field, device_id)


def _looked_up(register: Register[T], what: str, field: str, thing_id: str | None) -> T | None:
    if thing_id is None:
        return None
    thing = register.get(thing_id)
    if thing is None:
        raise unfit(field, thing_id, f"the id of a {what}")
    return thing
