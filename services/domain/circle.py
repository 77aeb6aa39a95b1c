"""The circle: the people around one subject at one instant, as an escalation step looks them up."""

from __future__ import annotations

from dataclasses import dataclass

from services.domain.homes import Grid, Home
from services.domain.people import Resident, Worker


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
    workers: tuple[Worker, ...] = ()
    """Everybody, for looking up a holder or somebody who was told."""
