"""Who has which role. A role never loses its row, so its fence never falls."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import cache

from sqlalchemy import Connection, Executable, bindparam, select, update

from services.domain.runners import RunnerLease
from services.storage.rows import Shape
from services.storage.tables import runner_leases
from services.storage.upsert import insert_into

_LEASE = Shape(RunnerLease, runner_leases)
_COLUMNS = runner_leases.c
_ALL = select(*_LEASE.columns).order_by(_COLUMNS.role)
_ONE = _ALL.where(_COLUMNS.role == bindparam("of"))
_HELD = update(runner_leases).where(_COLUMNS.role == bindparam("of"), _COLUMNS.fence == bindparam("held"))
_RENEW = _HELD.values(renewed_at=bindparam("at"))
_GIVE_UP = _HELD.values(holder="")


class SqlRunners:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def lease(self, role: str) -> RunnerLease | None:
        row = self._connection.execute(_ONE, {"of": role}).first()
        return None if row is None else _LEASE.thing(row)

    def all(self) -> list[RunnerLease]:
        return _LEASE.things(self._connection.execute(_ALL))

    def take(self, role: str, holder: str, at: datetime) -> RunnerLease:
        lease = RunnerLease(role, holder, 1, at)
        row = self._connection.execute(_take(self._connection.dialect.name), _LEASE.named(lease))
        return replace(lease, fence=row.scalar_one())

    def renew(self, lease: RunnerLease, at: datetime) -> bool:
        renewed = self._connection.execute(_RENEW, {"of": lease.role, "held": lease.fence, "at": at})
        return renewed.rowcount == 1

    def give_up(self, lease: RunnerLease) -> None:
        self._connection.execute(_GIVE_UP, {"of": lease.role, "held": lease.fence})


@cache
def _take(dialect: str) -> Executable:
    asked = insert_into(runner_leases, dialect)
    new = {"holder": asked.excluded.holder, "renewed_at": asked.excluded.renewed_at}
    return asked.on_conflict_do_update(
        index_elements=[_COLUMNS.role], set_={**new, "fence": _COLUMNS.fence + 1}
    ).returning(_COLUMNS.fence)
