"""Alerts with their facts and moves. The store holds two promises about them: one running Alert a (kind,
subject), and no save over somebody else's; what a move means is decided elsewhere. Read in brief, an Alert
costs the same whether a button was pressed ten times or all night.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Connection, Insert, Select, bindparam, func, select, type_coerce, update

from services.domain.alerts import Alert, AlertChange, AlertFact, AlertState, CountedFacts
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

NEWEST = 20
"""Facts that are read one by one of an Alert that is read in brief."""

ALERT = Shape(Alert, alerts, apart=("facts", "earlier"))
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
    select(*_FACT.columns, alert_facts.c.alert_id, alert_facts.c.position)
    .where(among(alert_facts.c.alert_id, "keys"))
    .order_by(alert_facts.c.alert_id, alert_facts.c.position)
)
_LAST_OF = (
    select(alert_facts.c.alert_id, func.max(alert_facts.c.position).label("position"))
    .where(among(alert_facts.c.alert_id, "keys"))
    .group_by(alert_facts.c.alert_id)
    .subquery("last")
)
_NEWEST_OF = (
    select(*_FACT.columns, alert_facts.c.alert_id, alert_facts.c.position)
    .join_from(_LAST_OF, alert_facts, alert_facts.c.alert_id == _LAST_OF.c.alert_id)
    .where(alert_facts.c.position > _LAST_OF.c.position - NEWEST)
    .order_by(alert_facts.c.alert_id, alert_facts.c.position)
)
_FOUND_AFTER = type_coerce(alert_facts.c.joined_at, BigInteger) - type_coerce(alert_facts.c.at, BigInteger)
_ALIKE = (alert_facts.c.state, alert_facts.c.is_alarm, alert_facts.c.device_id)
_EARLIER_OF = (
    select(func.count(), func.min(alert_facts.c.at), func.min(_FOUND_AFTER), *_ALIKE)
    .where(alert_facts.c.alert_id == bindparam("of"), alert_facts.c.position < bindparam("before"))
    .group_by(*_ALIKE)
    .order_by(func.min(alert_facts.c.position))
)
_JOINED = select(alert_facts.c.finding_id).where(
    alert_facts.c.alert_id == bindparam("of"), among(alert_facts.c.finding_id, "keys")
)
_KNOWN = select(*_FACT.columns).where(
    alert_facts.c.alert_id == bindparam("of"), among(alert_facts.c.finding_id, "keys")
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


_Reading = Callable[[Sequence[Values]], list[Alert]]


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
        asked = {"of": alert.id, "keys": keys(fact.finding_id for fact in alert.facts)}
        known = _FACT.things(fetch(self._connection, _KNOWN, asked))
        self._save_facts(alert, known={fact.finding_id: fact for fact in known})
        _CHANGES.add(self._connection, self._numbers, changes)
        return stored

    def get(self, alert_id: str) -> Alert | None:
        return self._one(self._whole, _ONE, of=alert_id)

    def brief(self, alert_id: str) -> Alert | None:
        return self._one(self._in_brief, _ONE, of=alert_id)

    def standing(self, alert_id: str) -> Alert | None:
        return self._one(_bare, _ONE, of=alert_id)

    def running(self, kind: str, subject: str) -> Alert | None:
        return self._one(self._in_brief, _RUNNING_ONE, of_kind=kind, of_subject=subject)

    def joined(self, alert_id: str, finding_ids: Iterable[str]) -> set[str]:
        values = {"of": alert_id, "keys": keys(finding_ids)}
        return {row[0] for row in fetch(self._connection, _JOINED, values)}

    def running_for(self, resident_ids: Iterable[str]) -> dict[str, list[Alert]]:
        found: dict[str, list[Alert]] = {}
        for alert in self._read_in_brief(_RUNNING_FOR, keys=keys(resident_ids)):
            found.setdefault(str(alert.resident_id), []).append(alert)
        return found

    def with_fact(self, finding_id: str) -> Alert | None:
        return self._one(self._whole, _WITH_FACT, of=finding_id)

    def running_with_device(self, device_id: str) -> list[Alert]:
        return self._read_in_brief(_RUNNING_WITH_DEVICE, of=device_id)

    def due(self, until: datetime, limit: int) -> list[Alert]:
        return self._read_in_brief(_DUE, until=until, most=limit)

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
        return _LIST.page(self._connection, filters, after, limit, read=self._whole)

    def page_in_brief(self, filters: Filters, after: int, limit: int) -> Page[Alert]:
        return _LIST.page(self._connection, filters, after, limit, read=self._in_brief)

    def _one(self, read: _Reading, query: Select[Any], **values: object) -> Alert | None:
        return next(iter(read(fetch(self._connection, query, values))), None)

    def _read_in_brief(self, query: Select[Any], **values: object) -> list[Alert]:
        return self._in_brief(fetch(self._connection, query, values))

    def _whole(self, rows: Sequence[Values]) -> list[Alert]:
        return self._with_facts(rows, _FACTS_OF)

    def _in_brief(self, rows: Sequence[Values]) -> list[Alert]:
        return self._with_facts(rows, _NEWEST_OF)

    def _with_facts(self, rows: Sequence[Values], query: Select[Any]) -> list[Alert]:
        if not rows:
            return []
        bare = _bare(rows)
        found: dict[str, list[Values]] = {}
        for row in fetch(self._connection, query, {"keys": keys(alert.id for alert in bare)}):
            found.setdefault(row[-2], []).append(row)
        return [self._resting_on(found[alert.id], alert) if alert.id in found else alert for alert in bare]

    def _resting_on(self, rows: Sequence[Values], alert: Alert) -> Alert:
        first: int = rows[0][-1]
        earlier = self._earlier(alert.id, first) if first else ()
        return replace(alert, facts=tuple(_FACT.things(rows)), earlier=earlier)

    def _earlier(self, alert_id: str, before: int) -> tuple[CountedFacts, ...]:
        rows = fetch(self._connection, _EARLIER_OF, {"of": alert_id, "before": before})
        return tuple(
            CountedFacts(count, at, timedelta(microseconds=found_after), *alike)
            for count, at, found_after, *alike in rows
        )

    def _save_facts(self, alert: Alert, known: dict[str, AlertFact]) -> None:
        moved = [
            (*_FACT.values(fact), alert.id, position)
            for position, fact in enumerate(alert.facts, start=alert.fact_count - len(alert.facts))
            if known.get(fact.finding_id) != fact
        ]
        _FACTS.replace(self._connection, moved)


def _bare(rows: Sequence[Values]) -> list[Alert]:
    return [ALERT.thing(row, facts=(), earlier=()) for row in rows]


def _row(alert: Alert) -> dict[str, Any]:
    running = alert.state is not AlertState.CLOSED
    return ALERT.named(alert, is_running=running, next_due_at=alert.next_due_at if running else None)


@cache
def _add(dialect: str) -> Insert:
    return insert_into(alerts, dialect).on_conflict_do_nothing()
