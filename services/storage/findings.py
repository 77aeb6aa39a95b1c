"""Findings and what became of them. A Finding is stored once by its id, so that rules which run twice over
the same events find the same; a change of one is a row of its own for whoever reads on from a cursor.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Select, bindparam, select, update

from services.domain.findings import Finding, FindingChange
from services.domain.ports import Filters, Page
from services.storage.among import among, keys
from services.storage.lists import Listing, equals, span
from services.storage.numbered import Numbered
from services.storage.numbers import Numbers
from services.storage.prepared import fetch
from services.storage.rows import Shape
from services.storage.tables import alert_facts, finding_changes, findings

FINDING = Shape(Finding, findings)
_CHANGE = Shape(FindingChange, finding_changes)

_COLUMNS = findings.c
_FINDINGS = Numbered(FINDING)
_CHANGES = Numbered(_CHANGE)
_MANY = select(*FINDING.columns).where(among(_COLUMNS.id, "keys")).order_by(_COLUMNS.number)
_AFTER = (
    select(*FINDING.columns)
    .where(_COLUMNS.number > bindparam("after"))
    .order_by(_COLUMNS.number)
    .limit(bindparam("most"))
)
_ALARMS_AFTER = _AFTER.where(_COLUMNS.is_alarm)
_CHANGES_AFTER = (
    select(*_CHANGE.columns)
    .where(finding_changes.c.number > bindparam("after"))
    .order_by(finding_changes.c.number)
    .limit(bindparam("most"))
)
_SET_STATE = update(findings).where(_COLUMNS.id == bindparam("of")).values(state=bindparam("to"))
_ALERT_IDS = select(alert_facts.c.finding_id, alert_facts.c.alert_id).where(
    among(alert_facts.c.finding_id, "keys")
)
_LIST = Listing(
    FINDING,
    _COLUMNS.number,
    {
        name: equals(_COLUMNS[name])
        for name in ("resident_id", "device_id", "rule", "state", "severity", "synthetic")
    }
    | span(_COLUMNS.at),
)


class SqlFindings:
    def __init__(self, connection: Connection, numbers: Numbers) -> None:
        self._connection = connection
        self._numbers = numbers

    def add(self, new: Iterable[Finding]) -> list[Finding]:
        return _FINDINGS.add_once(self._connection, self._numbers, new)

    def change(self, changes: Iterable[FindingChange]) -> None:
        moves = list(changes)
        if not moves:
            return
        self._connection.execute(_SET_STATE, [{"of": move.finding_id, "to": move.state} for move in moves])
        _CHANGES.add(self._connection, self._numbers, moves)

    def after(self, number: int, limit: int, *, only_alarms: bool = False) -> list[Finding]:
        return self._read(_ALARMS_AFTER if only_alarms else _AFTER, after=number, most=limit)

    def changes_after(self, number: int, limit: int) -> list[FindingChange]:
        return _CHANGE.things(fetch(self._connection, _CHANGES_AFTER, {"after": number, "most": limit}))

    def get(self, finding_id: str) -> Finding | None:
        return self.many([finding_id]).get(finding_id)

    def many(self, finding_ids: Iterable[str]) -> dict[str, Finding]:
        return {finding.id: finding for finding in self._read(_MANY, keys=keys(finding_ids))}

    def alert_ids(self, finding_ids: Iterable[str]) -> dict[str, str]:
        rows = fetch(self._connection, _ALERT_IDS, {"keys": keys(finding_ids)})
        return {finding_id: alert_id for finding_id, alert_id in rows}  # noqa: C416 - a row is a sequence

    def last_number(self) -> int:
        return self._numbers.last(findings)

    def page(self, filters: Filters, after: int, limit: int) -> Page[Finding]:
        return _LIST.page(self._connection, filters, after, limit)

    def _read(self, query: Select[Any], **values: object) -> list[Finding]:
        return FINDING.things(fetch(self._connection, query, values))
