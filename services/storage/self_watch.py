"""The house's watch over itself, as stored; and how what is synthetic is forgotten, table by table."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Column, ColumnElement, Connection, Select, Table, and_, delete, select, true, update

from services.domain.self_watch import DEVICE_ID, CheckState, OwnPress, PathCheck
from services.storage.flags import is_set
from services.storage.numbered import Numbered
from services.storage.numbers import Numbers
from services.storage.rows import Shape
from services.storage.tables import (
    alert_changes,
    alert_facts,
    alerts,
    attempts,
    commands,
    events,
    findings,
    notices,
    own_presses,
    path_checks,
)

_PRESS = Shape(OwnPress, own_presses)
_CHECK = Shape(PathCheck, path_checks)
_PRESSES = Numbered(_PRESS)
_CHECKS = Numbered(_CHECK)
_ALL = select(*_PRESS.columns)
_NEWEST = _ALL.order_by(own_presses.c.number.desc()).limit(1)
_LAST_BACK = _NEWEST.where(own_presses.c.told_at.is_not(None))
_NEWEST_CHECK = select(*_CHECK.columns).order_by(path_checks.c.number.desc()).limit(1)
_LAST_CHECK = _NEWEST_CHECK.where(path_checks.c.state == CheckState.OVER)


class SqlSelfWatch:
    def __init__(self, connection: Connection, numbers: Numbers) -> None:
        self._connection = connection
        self._numbers = numbers

    def add(self, press: OwnPress) -> OwnPress:
        return _PRESSES.add(self._connection, self._numbers, [press])[0]

    def save(self, press: OwnPress) -> None:
        changed = {"state": press.state, "told_at": press.told_at, "due_at": press.due_at}
        self._connection.execute(update(own_presses).where(own_presses.c.id == press.id).values(changed))

    def newest(self) -> OwnPress | None:
        return self._press(_NEWEST)

    def last_back(self) -> OwnPress | None:
        return self._press(_LAST_BACK)

    def since(self, at: datetime) -> list[OwnPress]:
        made = _ALL.where(own_presses.c.pressed_at >= at).order_by(own_presses.c.number)
        return _PRESS.things(self._connection.execute(made))

    def keep_check(self, check: PathCheck) -> PathCheck:
        if check.state is CheckState.WAITING:
            self._connection.execute(delete(path_checks).where(path_checks.c.state == CheckState.WAITING))
        found = select(path_checks.c.number).where(path_checks.c.id == check.id)
        number = self._connection.execute(found).scalar()
        if number is None:
            return _CHECKS.add(self._connection, self._numbers, [check])[0]
        kept = replace(check, number=number)
        values = _CHECK.named(kept)
        self._connection.execute(update(path_checks).where(path_checks.c.id == check.id).values(values))
        return kept

    def newest_check(self) -> PathCheck | None:
        return self._check(_NEWEST_CHECK)

    def last_check(self) -> PathCheck | None:
        return self._check(_LAST_CHECK)

    def forget(self, before: datetime, limit: int, but: Collection[str] = ()) -> int:
        kept = notices.c.alert_id.not_in(but) if but else true()
        old_notices = self._old(notices, notices.c.created_at, before, limit, kept)
        old_alerts = self._old(alerts, alerts.c.opened_at, before, limit, ~alerts.c.is_running)
        self._delete(attempts, attempts.c.notice_id, old_notices)
        self._delete(notices, notices.c.id, old_notices)
        for hanging in (alert_facts.c.alert_id, alert_changes.c.alert_id):
            self._delete(hanging.table, hanging, old_alerts)
        self._delete(alerts, alerts.c.id, old_alerts)
        forgotten = len(old_notices) + len(old_alerts)
        for table, at in ((findings, findings.c.raised_at), (events, events.c.received_at)):
            old = self._old(table, at, before, limit, true())
            self._delete(table, table.c.id, old)
            forgotten += len(old)
        self._connection.execute(
            delete(commands).where(commands.c.device_id == DEVICE_ID, commands.c.created_at < before)
        )
        self._connection.execute(delete(own_presses).where(own_presses.c.pressed_at < before))
        return forgotten

    def _old(
        self, table: Table, at: Column[datetime], before: datetime, limit: int, where: ColumnElement[bool]
    ) -> list[str]:
        old = (
            select(table.c.id)
            .where(and_(is_set(table.c.synthetic), at < before, where))
            .order_by(at)
            .limit(limit)
        )
        return list(self._connection.execute(old).scalars())

    def _delete(self, table: Table, of: Column[str], ids: list[str]) -> None:
        if ids:
            self._connection.execute(delete(table).where(of.in_(ids)))

    def _press(self, query: Select[tuple[object, ...]]) -> OwnPress | None:
        row = self._connection.execute(query).first()
        return None if row is None else _PRESS.thing(row)

    def _check(self, query: Select[tuple[object, ...]]) -> PathCheck | None:
        row = self._connection.execute(query).first()
        return None if row is None else _CHECK.thing(row)
