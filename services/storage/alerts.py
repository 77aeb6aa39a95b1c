"""Alerts with their facts and moves. The store holds two promises about them: one running Alert a (kind,
subject), and no save over somebody else's; what a move means is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Insert, Select, bindparam, func, select, update

from services.domain.alerts import Alert, AlertChange, AlertFact, AlertState
from services.domain.ports import Conflict, Filters, Page
from services.storage.among import among, keys
from services.storage.flags import is_set
from services.storage.lists import Filter, Listing, equals, span
from services.storage.numbered import Numbered
from services.storage.numbers import Numbers
from services.storage.prepared import change, fetch, scalar
from services.storage.rows import Batch, Shape, Values
from services.storage.tables import alert_changes, alert_facts, alerts
from services.storage.upsert import insert_into

ALERT = Shape(Alert, alerts, apart=("facts",))
_FACT = Shape(AlertFact, alert_facts)
_CHANGE = Shape(AlertChange, alert_changes)

_COLUMNS = alerts.c
_CHANGES = Numbered(_CHANGE)
_FACTS = Batch((*_FACT.stored, alert_facts.c.alert_id, alert_facts.c.position))
_ALL = select(*ALERT.columns).order_by(_COLUMNS.number)
_ONE = _ALL.where(_COLUMNS.id == bindparam("of"))
_RUNNING = _ALL.where(is_set(_COLUMNS.is_running))
_RUNNING_ONE = _RUNNING.where(
    _COLUMNS.kind == bindparam("of_kind"), _COLUMNS.subject == bindparam("of_subject")
)
_RUNNING_FOR = _RUNNING.where(among(_COLUMNS.resident_id, "keys"))
_WITH_FACT = _ALL.where(
    _COLUMNS.id.in_(select(alert_facts.c.alert_id).where(alert_facts.c.finding_id == bindparam("of")))
)
_RUNNING_WITH_DEVICE = _RUNNING.where(
    _COLUMNS.id.in_(select(alert_facts.c.alert_id).where(alert_facts.c.device_id == bindparam("of")))
)
_DUE = (
    select(*ALERT.columns)
    .where(is_set(_COLUMNS.is_running), _COLUMNS.next_due_at <= bindparam("until"))
    .order_by(_COLUMNS.next_due_at, _COLUMNS.number)
    .limit(bindparam("most"))
)
_NEXT = select(func.min(_COLUMNS.next_due_at)).where(is_set(_COLUMNS.is_running))
_SAVE = update(alerts).where(_COLUMNS.id == bindparam("of"), _COLUMNS.version == bindparam("read_version"))
_FACTS_OF = (
    select(*_FACT.columns, alert_facts.c.alert_id)
    .where(among(alert_facts.c.alert_id, "keys"))
    .order_by(alert_facts.c.alert_id, alert_facts.c.position)
)
_CHANGES_OF = (
    select(*_CHANGE.columns)
    .where(alert_changes.c.alert_id == bindparam("of"))
    .order_by(alert_changes.c.number)
)
_CHANGES_AFTER = (
    select(*_CHANGE.columns)
    .where(alert_changes.c.number > bindparam("after"))
    .order_by(alert_changes.c.number)
    .limit(bindparam("most"))
)
_ROW = (*ALERT.names, "is_running", "next_due_at")
_LAST_CHANGE = select(func.coalesce(func.max(alert_changes.c.number), 0))


def _in_state(value: Any) -> Any:
    return _COLUMNS.is_running if value == "running" else _COLUMNS.state == value


_FILTERS: dict[str, Filter] = {
    name: equals(_COLUMNS[name]) for name in ("resident_id", "device_id", "kind", "severity", "synthetic")
}
_FILTERS |= {"state": _in_state, "running": equals(_COLUMNS.is_running)}
_LIST = Listing(ALERT, _COLUMNS.number, _FILTERS | span(_COLUMNS.opened_at))


class SqlAlerts:
    def __init__(self, connection: Connection, numbers: Numbers) -> None:
        self._connection = connection
        self._numbers = numbers

    def add(self, alert: Alert, changes: Sequence[AlertChange]) -> Alert:
        stored = replace(alert, number=self._numbers.take(alerts), version=1)
        if change(self._connection, _add(self._connection.dialect.name), _row(stored), _ROW) == 0:
            raise Conflict(f"an alert {alert.kind} of {alert.subject} is running")
        self._save_facts(alert, known={})
        _CHANGES.add(self._connection, self._numbers, changes)
        return stored

    def save(self, alert: Alert, changes: Sequence[AlertChange]) -> Alert:
        stored = replace(alert, version=alert.version + 1)
        values = {"of": alert.id, "read_version": alert.version} | _row(stored)
        if change(self._connection, _SAVE, values, _ROW) != 1:
            raise Conflict(f"alert {alert.id} was moved by somebody else")
        self._save_facts(
            alert, known={fact.finding_id: fact for fact in self._facts([alert.id]).get(alert.id, ())}
        )
        _CHANGES.add(self._connection, self._numbers, changes)
        return stored

    def get(self, alert_id: str) -> Alert | None:
        return self._one(_ONE, of=alert_id)

    def running(self, kind: str, subject: str) -> Alert | None:
        return self._one(_RUNNING_ONE, of_kind=kind, of_subject=subject)

    def running_for(self, resident_ids: Iterable[str]) -> dict[str, list[Alert]]:
        found: dict[str, list[Alert]] = {}
        for alert in self._read(_RUNNING_FOR, keys=keys(resident_ids)):
            found.setdefault(str(alert.resident_id), []).append(alert)
        return found

    def with_fact(self, finding_id: str) -> Alert | None:
        return self._one(_WITH_FACT, of=finding_id)

    def running_with_device(self, device_id: str) -> list[Alert]:
        return self._read(_RUNNING_WITH_DEVICE, of=device_id)

    def due(self, until: datetime, limit: int) -> list[Alert]:
        return self._read(_DUE, until=until, most=limit)

    def next_due_at(self) -> datetime | None:
        nearest: datetime | None = scalar(self._connection, _NEXT)
        return nearest

    def changes(self, alert_id: str) -> list[AlertChange]:
        return _CHANGE.things(fetch(self._connection, _CHANGES_OF, {"of": alert_id}))

    def changes_after(self, number: int, limit: int) -> list[AlertChange]:
        return _CHANGE.things(fetch(self._connection, _CHANGES_AFTER, {"after": number, "most": limit}))

    def last_change(self) -> int:
        last: int = scalar(self._connection, _LAST_CHANGE)
        return last

    def page(self, filters: Filters, after: int, limit: int) -> Page[Alert]:
        return _LIST.page(self._connection, filters, after, limit, read=self._with_facts)

    def _one(self, query: Select[Any], **values: object) -> Alert | None:
        return next(iter(self._read(query, **values)), None)

    def _read(self, query: Select[Any], **values: object) -> list[Alert]:
        return self._with_facts(fetch(self._connection, query, values))

    def _with_facts(self, rows: Sequence[Values]) -> list[Alert]:
        if not rows:
            return []
        bare = [ALERT.thing(row, facts=()) for row in rows]
        facts = self._facts([alert.id for alert in bare])
        return [replace(alert, facts=tuple(facts.get(alert.id, ()))) for alert in bare]

    def _facts(self, alert_ids: Iterable[str]) -> dict[str, list[AlertFact]]:
        found: dict[str, list[AlertFact]] = {}
        for row in fetch(self._connection, _FACTS_OF, {"keys": keys(alert_ids)}):
            found.setdefault(row[-1], []).append(_FACT.thing(row))
        return found

    def _save_facts(self, alert: Alert, known: dict[str, AlertFact]) -> None:
        moved = [
            (*_FACT.values(fact), alert.id, position)
            for position, fact in enumerate(alert.facts)
            if known.get(fact.finding_id) != fact
        ]
        _FACTS.replace(self._connection, moved)


def _row(alert: Alert) -> dict[str, Any]:
    running = alert.state is not AlertState.CLOSED
    return ALERT.named(alert, is_running=running, next_due_at=alert.next_due_at if running else None)


@cache
def _add(dialect: str) -> Insert:
    return insert_into(alerts, dialect).on_conflict_do_nothing()
