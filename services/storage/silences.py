"""Silences and absences in the store: a register that also answers what runs and what is due."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select

from services.domain.ports import Filters, Page
from services.domain.silences import Silence
from services.storage.among import among, keys
from services.storage.lists import Filter, Listing, equals
from services.storage.numbers import Numbers
from services.storage.prepared import fetch, scalar
from services.storage.registers import SqlRegister
from services.storage.rows import Shape
from services.storage.tables import silences

SILENCE = Shape(Silence, silences)

_RUNNING = select(*SILENCE.columns).where(silences.c.ended_at.is_(None)).order_by(silences.c.number)
_RUNNING_ON = _RUNNING.where(among(silences.c.subject, "keys"))
_ENDING = (
    select(*SILENCE.columns)
    .where(silences.c.ended_at.is_(None), silences.c.until <= bindparam("end", type_=silences.c.until.type))
    .order_by(silences.c.until, silences.c.number)
)
_DUE = (
    select(*SILENCE.columns)
    .where(
        silences.c.due_at.is_not(None),
        silences.c.due_at <= bindparam("end", type_=silences.c.due_at.type),
    )
    .order_by(silences.c.due_at, silences.c.number)
    .limit(bindparam("most"))
)
_NEXT = select(func.min(silences.c.due_at)).where(silences.c.due_at.is_not(None))
_FILTERS: dict[str, Filter] = {column.name: equals(column) for column in SILENCE.stored}
_FILTERS["running"] = lambda runs: silences.c.ended_at.is_(None) if runs else silences.c.ended_at.is_not(None)
_LIST = Listing(SILENCE, silences.c.number, _FILTERS)


class SqlSilences(SqlRegister[Silence]):
    def __init__(self, connection: Connection, numbers: Numbers) -> None:
        super().__init__(connection, numbers, SILENCE)

    def running(self) -> list[Silence]:
        return SILENCE.things(fetch(self._connection, _RUNNING))

    def running_on(self, subjects: Iterable[str]) -> list[Silence]:
        return SILENCE.things(fetch(self._connection, _RUNNING_ON, {"keys": keys(subjects)}))

    def ending(self, until: datetime) -> list[Silence]:
        return SILENCE.things(fetch(self._connection, _ENDING, {"end": until}))

    def due(self, until: datetime, limit: int) -> list[Silence]:
        return SILENCE.things(fetch(self._connection, _DUE, {"end": until, "most": limit}))

    def next_due_at(self) -> datetime | None:
        nearest: datetime | None = scalar(self._connection, _NEXT)
        return nearest

    def page(self, filters: Filters, after: int, limit: int) -> Page[Silence]:
        return _LIST.page(self._connection, filters, after, limit)
