"""The people around a resident or a device at an instant, looked up afresh: who could be told. Whom to
tell, and in which order, is decided by escalation.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, bindparam, or_, select

from services.domain.circle import Circle, care_team, next_door, of_role
from services.domain.duty import DutyPlan
from services.domain.homes import Grid, Home
from services.domain.people import Resident, Role, Worker
from services.storage.among import among, keys
from services.storage.prepared import fetch, fetch_one
from services.storage.registers import DEVICE, GRID, HOME, RESIDENT, WORKER, by_id
from services.storage.rosters import plan_of
from services.storage.rows import N, Shape
from services.storage.tables import grids, residents, workers

_EVERYBODY = select(*WORKER.columns).order_by(workers.c.number)
_LIVING_IN = (
    select(*RESIDENT.columns)
    .where(residents.c.home_id == bindparam("home"))
    .where(or_(residents.c.left_at.is_(None), residents.c.left_at > bindparam("at")))
    .order_by(residents.c.number)
)
_TEAMS = select(grids.c.team_id).where(among(grids.c.id, "keys"))


class SqlPeople:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def circle(
        self, *, resident_id: str | None, device_id: str | None, home_id: str | None, at: datetime
    ) -> Circle:
        device = self._named(DEVICE, device_id)
        resident = self._named(RESIDENT, resident_id or (device.resident_id if device else None))
        lives_in = resident.home_id if resident else home_id or (device.home_id if device else None)
        home = self._named(HOME, lives_in)
        grid = self._named(GRID, home.grid_id if home else None)
        everybody = tuple(WORKER.things(fetch(self._connection, _EVERYBODY)))
        by_id = {worker.id: worker for worker in everybody}
        active = tuple(worker for worker in everybody if worker.active)
        plan = self.plan(at, at)
        duty = plan.on_duty(everybody, at)
        team = care_team(duty, grid)
        return Circle(
            resident=resident,
            residents=self._residents_of(home, at),
            home=home,
            grid=grid,
            assigned=by_id.get(resident.assigned_worker_id or "") if resident else None,
            backup=by_id.get(resident.backup_worker_id or "") if resident else None,
            neighbour=by_id.get(home.neighbour_id or "") if home else None,
            team_on_duty=team,
            duty_desk=of_role(duty, Role.DUTY_DESK),
            managers=of_role(active, Role.MANAGER),
            admins=of_role(active, Role.ADMIN),
            technicians=of_role(duty, Role.TECHNICIAN),
            neighbouring_on_duty=self._next_door(duty, grid, team),
            on_leave=plan.on_leave(active, at),
            workers=everybody,
        )

    def plan(self, since: datetime, until: datetime) -> DutyPlan:
        return plan_of(self._connection, since, until)

    def _named(self, shape: Shape[N], thing_id: str | None) -> N | None:
        if thing_id is None:
            return None
        row = fetch_one(self._connection, by_id(shape), {"of": thing_id})
        return None if row is None else shape.thing(row)

    def _residents_of(self, home: Home | None, at: datetime) -> tuple[Resident, ...]:
        if home is None:
            return ()
        rows = fetch(self._connection, _LIVING_IN, {"home": home.id, "at": at})
        return tuple(RESIDENT.things(rows))

    def _next_door(
        self, duty: Iterable[Worker], grid: Grid | None, team: tuple[Worker, ...]
    ) -> tuple[Worker, ...]:
        if grid is None or not grid.neighbouring_ids:
            return ()
        beside = fetch(self._connection, _TEAMS, {"keys": keys(grid.neighbouring_ids)})
        return next_door(duty, grid, {row[0] for row in beside} - {None}, team)
