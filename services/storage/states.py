"""What the rules remember for each key, with their deadlines as a column; and how far each loop has read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cache

from sqlalchemy import Connection, Insert, bindparam, delete, func, or_, select

from services.domain.ports import StateKey, StoredState
from services.storage.among import keys, pair_among
from services.storage.prepared import change, fetch, scalar
from services.storage.rows import Batch, Values
from services.storage.tables import cursors, rule_states
from services.storage.upsert import insert_into

_COLUMNS = rule_states.c
_ALL = select(_COLUMNS.rule, _COLUMNS.key, _COLUMNS.version, _COLUMNS.body, _COLUMNS.due_at)
_BATCH = Batch((_COLUMNS.rule, _COLUMNS.key, _COLUMNS.version, _COLUMNS.body, _COLUMNS.due_at))
_AMONG = pair_among(_COLUMNS.rule, _COLUMNS.key, "pairs")
_LOAD = _ALL.where(_AMONG)
_DELETE = delete(rule_states).where(_AMONG)
# '0' is the character after '/': the range holds all that begins with 'key/', and an index can serve it.
_LOAD_FOR = _ALL.where(
    or_(
        _COLUMNS.key == bindparam("whole"),
        (_COLUMNS.key >= bindparam("low")) & (_COLUMNS.key < bindparam("high")),
    )
).order_by(_COLUMNS.rule, _COLUMNS.key)
_DUE = (
    _ALL.where(_COLUMNS.due_at.is_not(None), _COLUMNS.due_at <= bindparam("until"))
    .order_by(_COLUMNS.due_at, _COLUMNS.rule, _COLUMNS.key)
    .limit(bindparam("most"))
)
_CURSOR = select(cursors.c.value).where(cursors.c.name == bindparam("of"))
_NEXT = select(func.min(_COLUMNS.due_at)).where(_COLUMNS.due_at.is_not(None))


class SqlStateStore:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def load(self, wanted: Iterable[StateKey]) -> dict[StateKey, StoredState]:
        rows = fetch(self._connection, _LOAD, {"pairs": _pairs(wanted)})
        return {state.at: state for state in map(_state, rows)}

    def load_for(self, key: str) -> list[StoredState]:
        values = {"whole": key, "low": f"{key}/", "high": f"{key}0"}
        return [_state(row) for row in fetch(self._connection, _LOAD_FOR, values)]

    def due(self, until: datetime, limit: int) -> list[StoredState]:
        return [_state(row) for row in fetch(self._connection, _DUE, {"until": until, "most": limit})]

    def next_due_at(self) -> datetime | None:
        nearest: datetime | None = scalar(self._connection, _NEXT)
        return nearest

    def save(self, states: Iterable[StoredState]) -> None:
        newest = {state.at: state for state in states}
        _BATCH.replace(
            self._connection,
            [(at.rule, at.key, state.version, state.body, state.due_at) for at, state in newest.items()],
        )

    def delete(self, unwanted: Iterable[StateKey]) -> None:
        wanted = list(unwanted)
        if wanted:
            change(self._connection, _DELETE, {"pairs": _pairs(wanted)})

    def delete_rule(self, rule: str) -> None:
        self._connection.execute(delete(rule_states).where(_COLUMNS.rule == rule))


class SqlCursors:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, name: str) -> int:
        return scalar(self._connection, _CURSOR, {"of": name}) or 0

    def set(self, name: str, value: int) -> None:
        change(self._connection, _set_cursor(self._connection.dialect.name), {"name": name, "value": value})


@cache
def _set_cursor(dialect: str) -> Insert:
    asked = insert_into(cursors, dialect).values(name=bindparam("name"), value=bindparam("value"))
    return asked.on_conflict_do_update(index_elements=[cursors.c.name], set_={"value": asked.excluded.value})


def _pairs(wanted: Iterable[StateKey]) -> str:
    return keys((at.rule, at.key) for at in wanted)


def _state(row: Values) -> StoredState:
    return StoredState(StateKey(row[0], row[1]), row[2], row[3], row[4])
