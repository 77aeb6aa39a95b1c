"""The outbox: Notices that are due, the Attempts to deliver them, commands to devices. A due Notice is won
by one who asks, for as long as the lease; nothing here sends.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, case, func, or_, select, update

from services.domain.findings import Severity
from services.domain.notices import (
    PAGES,
    Attempt,
    AttemptResult,
    DeviceCommand,
    Notice,
    NoticeKind,
    NoticeReason,
    NoticeState,
    ReceiptResult,
)
from services.domain.people import Channel, ChannelKind
from services.domain.ports import Filters, Page
from services.storage.among import among, keys
from services.storage.lists import Filter, Listing, equals, span
from services.storage.numbered import Numbered
from services.storage.numbers import Numbers
from services.storage.prepared import change, fetch, scalar
from services.storage.rows import Shape
from services.storage.tables import alerts, attempts, commands, notices

NOTICE = Shape(Notice, notices)
ATTEMPT = Shape(Attempt, attempts)
_COMMAND = Shape(DeviceCommand, commands)

_COLUMNS = notices.c
_NOTICES = Numbered(NOTICE)
_ATTEMPTS = Numbered(ATTEMPT)
_COMMANDS = Numbered(_COMMAND)
_URGENCY = case({severity: severity.rank for severity in Severity}, value=_COLUMNS.severity)
_IS_DUE = (_COLUMNS.state == NoticeState.DUE) & (_COLUMNS.next_attempt_at <= bindparam("until"))
_MOST_URGENT = (
    select(_COLUMNS.number)
    .where(_IS_DUE)
    .order_by(_URGENCY.desc(), _COLUMNS.next_attempt_at, _COLUMNS.number)
    .limit(bindparam("most"))
)
# The condition stands twice: whoever comes second finds the row changed and does not win it.
_LEASE = (
    update(notices)
    .where(_COLUMNS.number.in_(_MOST_URGENT), _IS_DUE)
    .values(next_attempt_at=bindparam("lease_until"))
    .returning(*NOTICE.columns)
)
_NEXT = select(func.min(_COLUMNS.next_attempt_at)).where(_COLUMNS.state == NoticeState.DUE)
_ALL = select(*NOTICE.columns).order_by(_COLUMNS.number)
_UNDER_WAY = _ALL.where(
    _COLUMNS.state == NoticeState.DUE,
    select(attempts.c.id).where(attempts.c.notice_id == _COLUMNS.id, attempts.c.result.is_(None)).exists(),
)
_ONE = _ALL.where(_COLUMNS.id == bindparam("of"))
_OF_ALERT = _ALL.where(_COLUMNS.alert_id == bindparam("of"))
_IS_JOINED = _COLUMNS.kind == NoticeKind.JOINED
_ALIKE = (_COLUMNS.worker_id, _COLUMNS.contact, _COLUMNS.run, _COLUMNS.state, _COLUMNS.reason)
_CALLED = (
    select(func.min(_COLUMNS.number).label("first"), func.max(_COLUMNS.number).label("newest"))
    .where(
        _COLUMNS.alert_id == bindparam("of"),
        _IS_JOINED,
        _COLUMNS.reason != NoticeReason.TOLD_A_MOMENT_AGO,
    )
    .group_by(*_ALIKE)
    .cte("called")
)
_BEARING_ON = _OF_ALERT.where(
    or_(
        _COLUMNS.kind != NoticeKind.JOINED,
        _COLUMNS.number.in_(select(_CALLED.c.first)),
        _COLUMNS.number.in_(select(_CALLED.c.newest)),
    )
)
_TOLD_OF = (
    select(_COLUMNS.alert_id)
    .where(among(_COLUMNS.alert_id, "keys"), _COLUMNS.worker_id == bindparam("of"))
    .distinct()
)
_IS_HELD = _COLUMNS.reason == NoticeReason.THROTTLED
_IS_CALL = or_(*(_COLUMNS.kind == kind for kind in sorted(PAGES)))
_OF_ALERTS = among(_COLUMNS.alert_id, "keys")
_NEWEST_CALLS = (
    select(func.max(_COLUMNS.number))
    .where(_OF_ALERTS, _IS_CALL, ~_IS_HELD)
    .group_by(_COLUMNS.alert_id, _COLUMNS.worker_id, _COLUMNS.contact)
)
_CALLS_OF = _ALL.where(_OF_ALERTS, or_(_IS_HELD, _COLUMNS.number.in_(_NEWEST_CALLS)))
_REACHES = or_(_COLUMNS.state != NoticeState.NOT_SENT, _COLUMNS.reason == NoticeReason.BUNDLED)
_NEWEST_OF_RUNNING = (
    select(func.max(_COLUMNS.number))
    .join(alerts, alerts.c.id == _COLUMNS.alert_id)
    .where(_COLUMNS.worker_id == bindparam("of"), alerts.c.is_running, _REACHES)
    .group_by(_COLUMNS.alert_id)
)
_TOLD_NOW = _ALL.where(_COLUMNS.number.in_(_NEWEST_OF_RUNNING))
_LATELY = and_(_COLUMNS.created_at >= bindparam("since"), _REACHES, ~_COLUMNS.synthetic)
_LATELY_TO = (
    select(*NOTICE.columns)
    .where(_COLUMNS.worker_id == bindparam("of"), _LATELY)
    .order_by(_COLUMNS.number.desc())
    .limit(bindparam("most"))
)
_CONTACTS_TOLD = _ALL.where(_COLUMNS.contact.is_not(None), _LATELY)
_SAVED = ("state", "reason", "next_attempt_at", "sent_at", "text")
_SAVE = update(notices).where(_COLUMNS.id == bindparam("of"))
_FINISHED = ("ended_at", "result", "status", "detail", "again_at", "reference")
_FINISH = update(attempts).where(attempts.c.id == bindparam("of"), attempts.c.result.is_(None))
_RECEIPT = ("receipt", "receipt_at", "receipt_detail")
_IS_FIRST = attempts.c.receipt.is_(None)
_RECEIVE = {
    ReceiptResult.FAILED: update(attempts).where(attempts.c.id == bindparam("of"), _IS_FIRST),
    ReceiptResult.DELIVERED: update(attempts).where(
        attempts.c.id == bindparam("of"), or_(_IS_FIRST, attempts.c.receipt == ReceiptResult.FAILED)
    ),
}
_REFERRED = (
    select(*ATTEMPT.columns)
    .where(attempts.c.reference == bindparam("of"), attempts.c.channel == bindparam("over"))
    .order_by(attempts.c.number)
)
_WENT = or_(attempts.c.result.is_(None), attempts.c.result != AttemptResult.REFUSED)
_NEWEST_BEGUN = (
    select(attempts.c.started_at)
    .where(attempts.c.started_at > bindparam("since"), _WENT)
    .order_by(attempts.c.started_at.desc())
    .limit(bindparam("most"))
)
_BEGUN_TO_WORKER = _NEWEST_BEGUN.where(attempts.c.worker_id == bindparam("of"))
_BEGUN_TO_ADDRESS = _NEWEST_BEGUN.where(
    attempts.c.address == bindparam("of"), attempts.c.channel == bindparam("over")
)
_ATTEMPTS_OF = select(*ATTEMPT.columns).where(among(attempts.c.notice_id, "keys")).order_by(attempts.c.number)
_COMMANDS_DUE = (
    select(*_COMMAND.columns)
    .where(commands.c.published_at.is_(None))
    .order_by(commands.c.number)
    .limit(bindparam("most"))
)
_PUBLISHED = (
    update(commands).where(commands.c.id == bindparam("of")).values(published_at=bindparam("published"))
)
_LIST = Listing(
    NOTICE,
    _COLUMNS.number,
    {
        name: equals(_COLUMNS[name])
        for name in ("alert_id", "worker_id", "state", "kind", "severity", "synthetic")
    }
    | span(_COLUMNS.created_at),
)
_ATTEMPT_FILTERS: dict[str, Filter] = {
    name: equals(attempts.c[name]) for name in ("notice_id", "channel", "result")
}
_ATTEMPT_FILTERS["alert_id"] = lambda value: attempts.c.notice_id.in_(
    select(_COLUMNS.id).where(_COLUMNS.alert_id == value)
)
_ATTEMPT_FILTERS["synthetic"] = lambda value: (
    select(_COLUMNS.id).where(_COLUMNS.id == attempts.c.notice_id, _COLUMNS.synthetic == value).exists()
)
_ATTEMPT_LIST = Listing(ATTEMPT, attempts.c.number, _ATTEMPT_FILTERS | span(attempts.c.started_at))


class SqlNotices:
    def __init__(self, connection: Connection, numbers: Numbers) -> None:
        self._connection = connection
        self._numbers = numbers

    def add(self, new: Iterable[Notice]) -> list[Notice]:
        return _NOTICES.add_once(self._connection, self._numbers, new)

    def last_number(self) -> int:
        return self._numbers.last(notices)

    def lease(self, until: datetime, lease_for: timedelta, limit: int) -> list[Notice]:
        values = {"until": until, "lease_until": until + lease_for, "most": limit}
        won = NOTICE.things(fetch(self._connection, _LEASE, values))
        return sorted(won, key=lambda notice: (-notice.severity.rank, notice.number))

    def under_way(self) -> list[Notice]:
        return self._read(_UNDER_WAY)

    def next_due_at(self) -> datetime | None:
        nearest: datetime | None = scalar(self._connection, _NEXT)
        return nearest

    def save(self, notice: Notice) -> None:
        values = {name: getattr(notice, name) for name in _SAVED}
        change(self._connection, _SAVE, {"of": notice.id} | values, _SAVED)

    def get(self, notice_id: str) -> Notice | None:
        return next(iter(self._read(_ONE, of=notice_id)), None)

    def of_alert(self, alert_id: str) -> list[Notice]:
        return self._read(_OF_ALERT, of=alert_id)

    def bearing_on(self, alert_id: str) -> list[Notice]:
        return self._read(_BEARING_ON, of=alert_id)

    def told_of(self, worker_id: str, alert_ids: Iterable[str]) -> set[str]:
        values = {"of": worker_id, "keys": keys(alert_ids)}
        return {row[0] for row in fetch(self._connection, _TOLD_OF, values)}

    def newest_calls(self, alert_ids: Iterable[str]) -> list[Notice]:
        return self._read(_CALLS_OF, keys=keys(alert_ids))

    def told_now(self, worker_id: str) -> list[Notice]:
        return self._read(_TOLD_NOW, of=worker_id)

    def lately_to(self, worker_id: str, since: datetime, limit: int) -> list[Notice]:
        return self._read(_LATELY_TO, of=worker_id, since=since, most=limit)

    def contacts_told(self, since: datetime) -> list[Notice]:
        return self._read(_CONTACTS_TOLD, since=since)

    def start(self, attempt: Attempt) -> Attempt:
        return _ATTEMPTS.add(self._connection, self._numbers, [attempt])[0]

    def finish(self, attempt: Attempt) -> bool:
        values = {name: getattr(attempt, name) for name in _FINISHED}
        return change(self._connection, _FINISH, {"of": attempt.id} | values, _FINISHED) == 1

    def receive(self, attempt: Attempt) -> bool:
        if attempt.receipt is None:
            return False
        values = {name: getattr(attempt, name) for name in _RECEIPT} | {"of": attempt.id}
        return change(self._connection, _RECEIVE[attempt.receipt], values, _RECEIPT) == 1

    def referred_to(self, channel: ChannelKind, reference: str) -> list[Attempt]:
        return ATTEMPT.things(fetch(self._connection, _REFERRED, {"of": reference, "over": channel}))

    def begun_to(self, whom: str | Channel, since: datetime, most: int) -> list[datetime]:
        values: dict[str, object] = {"since": since, "most": most}
        if isinstance(whom, Channel):
            values |= {"of": whom.address, "over": whom.kind}
            return [row[0] for row in fetch(self._connection, _BEGUN_TO_ADDRESS, values)]
        return [row[0] for row in fetch(self._connection, _BEGUN_TO_WORKER, values | {"of": whom})]

    def attempts(self, notice_ids: Iterable[str]) -> list[Attempt]:
        return ATTEMPT.things(fetch(self._connection, _ATTEMPTS_OF, {"keys": keys(notice_ids)}))

    def page(self, filters: Filters, after: int, limit: int) -> Page[Notice]:
        return _LIST.page(self._connection, filters, after, limit)

    def attempts_page(self, filters: Filters, after: int, limit: int) -> Page[Attempt]:
        return _ATTEMPT_LIST.page(self._connection, filters, after, limit)

    def add_commands(self, new: Iterable[DeviceCommand]) -> None:
        _COMMANDS.add_once(self._connection, self._numbers, new)

    def commands_due(self, limit: int) -> list[DeviceCommand]:
        return _COMMAND.things(fetch(self._connection, _COMMANDS_DUE, {"most": limit}))

    def command_published(self, command_id: str, at: datetime) -> None:
        change(self._connection, _PUBLISHED, {"of": command_id, "published": at})

    def _read(self, query: Select[Any], **values: object) -> list[Notice]:
        return NOTICE.things(fetch(self._connection, query, values))
