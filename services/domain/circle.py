"""The circle: the people around one subject at one instant, as an escalation step looks them up."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from services.domain.homes import Grid, Home
from services.domain.people import Resident, Role, Worker

CARE_ROLES = frozenset({Role.GRID_WORKER, Role.NEIGHBOUR, Role.CAREGIVER})
"""Who goes to a home. Desk, technician, manager and admin have steps of their own."""


@dataclass(frozen=True, slots=True)
class Circle:
    """Who could be told about a resident or a device at an instant.

    ``residents`` are all who live in the home (a press in a shared home names them all). The ``on_duty``
    fields hold active people only; assigned, backup and neighbour may be inactive, which is a reason of its
    own.
    """

    resident: Resident | None = None
    residents: tuple[Resident, ...] = ()
    home: Home | None = None
    grid: Grid | None = None
    assigned: Worker | None = None
    backup: Worker | None = None
    neighbour: Worker | None = None
    team_on_duty: tuple[Worker, ...] = ()
    duty_desk: tuple[Worker, ...] = ()
    managers: tuple[Worker, ...] = ()
    admins: tuple[Worker, ...] = ()
    technicians: tuple[Worker, ...] = ()
    neighbouring_on_duty: tuple[Worker, ...] = ()
    on_leave: tuple[Worker, ...] = ()
    """Who is not there at this instant, whatever else they are here: nobody of them is called."""
    workers: tuple[Worker, ...] = ()
    """Everybody, for looking up a holder or somebody who was told."""


def care_team(duty: Iterable[Worker], grid: Grid | None) -> tuple[Worker, ...]:
    """Those on duty of the team that looks after a grid, as far as they go to a home."""
    if grid is None or grid.team_id is None:
        return ()
    return tuple(worker for worker in duty if worker.team_id == grid.team_id and worker.role in CARE_ROLES)


def next_door(
    duty: Iterable[Worker], grid: Grid, teams: Collection[str | None], but: Collection[Worker]
) -> tuple[Worker, ...]:
    """Those on duty of the grids beside one, ``teams`` being theirs, without those in ``but``."""
    near = set(grid.neighbouring_ids)
    return tuple(
        worker
        for worker in duty
        if worker.role in CARE_ROLES
        and worker not in but
        and (worker.team_id in teams or not near.isdisjoint(worker.grid_ids))
    )


def of_role(people: Iterable[Worker], role: Role) -> tuple[Worker, ...]:
    """Those of a role, in their order."""
    return tuple(worker for worker in people if worker.role is role)
