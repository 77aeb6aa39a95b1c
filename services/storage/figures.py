"""Counts for whoever watches over the house. Each statement reads an index or the newest rows alone; none
may ever walk through the whole of a table that grows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, Executable, Select, bindparam, func, literal, select

from services.domain.notices import AttemptResult, NoticeState
from services.domain.ports.figures import (
    AttemptFigure,
    Counts,
    NoticeFigure,
    Numbered,
    PressFigure,
    Waiting,
)
from services.storage.among import among, keys
from services.storage.flags import is_set
from services.storage.numbers import Numbers
from services.storage.tables import (
    alert_facts,
    alerts,
    attempts,
    commands,
    events,
    findings,
    notices,
    quarantine,
    rule_states,
)

_AFTER: BindParameter[Any] = bindparam("after")
_UNTIL: BindParameter[Any] = bindparam("until")
_NOW: BindParameter[Any] = bindparam("now")

_EVENT_AFTER = select(events.c.received_at).where(events.c.seq > _AFTER).order_by(events.c.seq).limit(1)
_ALARM_AFTER = _EVENT_AFTER.where(is_set(events.c.is_alarm))
_ALARMS_AFTER = (
    select(func.count()).select_from(events).where(is_set(events.c.is_alarm), events.c.seq > _AFTER)
)
_FINDING_AFTER = (
    select(findings.c.raised_at).where(findings.c.number > _AFTER).order_by(findings.c.number).limit(1)
)

_OVERDUE = {
    "rule": select(func.count(), func.min(rule_states.c.due_at)).where(
        rule_states.c.due_at.is_not(None), rule_states.c.due_at <= _NOW
    ),
    "alert": select(func.count(), func.min(alerts.c.next_due_at)).where(
        is_set(alerts.c.is_running), alerts.c.next_due_at <= _NOW
    ),
    "notice": select(func.count(), func.min(notices.c.next_attempt_at)).where(
        notices.c.state == NoticeState.DUE, notices.c.next_attempt_at <= _NOW
    ),
}
_UNDELIVERED = select(func.count(), func.min(notices.c.created_at)).where(
    notices.c.state == NoticeState.DUE, ~notices.c.synthetic
)
_COMMANDS = select(func.count(), func.min(commands.c.created_at)).where(commands.c.published_at.is_(None))
_RUNNING = (
    select(alerts.c.state, func.count())
    .where(is_set(alerts.c.is_running), ~alerts.c.synthetic)
    .group_by(alerts.c.state)
)
_QUARANTINED = (
    select(quarantine.c.reason, func.count())
    .where(quarantine.c.replayed_at.is_(None))
    .group_by(quarantine.c.reason)
)
_FINDINGS_MADE = (
    select(findings.c.trigger, findings.c.severity, func.count())
    .where(findings.c.number > _AFTER, findings.c.number <= _UNTIL, ~findings.c.synthetic)
    .group_by(findings.c.trigger, findings.c.severity)
)
_ALERTS_OPENED = (
    select(alerts.c.kind, alerts.c.severity, func.count())
    .where(alerts.c.number > _AFTER, alerts.c.number <= _UNTIL, ~alerts.c.synthetic)
    .group_by(alerts.c.kind, alerts.c.severity)
)

_NOTICE = select(notices.c.id, notices.c.kind, notices.c.state, notices.c.reason).where(~notices.c.synthetic)
_NOTICES_MADE = _NOTICE.where(notices.c.number > _AFTER, notices.c.number <= _UNTIL)
_NOTICES_DUE = _NOTICE.where(notices.c.state == NoticeState.DUE)
_NOTICES_OF = _NOTICE.where(among(notices.c.id, "keys"))

_EARLIER = attempts.alias("earlier")
_IS_RETRY = (
    select(literal(1))
    .select_from(_EARLIER)
    .where(
        _EARLIER.c.notice_id == attempts.c.notice_id,
        _EARLIER.c.number < attempts.c.number,
        _EARLIER.c.channel == attempts.c.channel,
        _EARLIER.c.address == attempts.c.address,
    )
    .exists()
)
_ATTEMPT = select(attempts.c.id, attempts.c.channel, attempts.c.result, _IS_RETRY)
_ATTEMPTS_MADE = _ATTEMPT.where(attempts.c.number > _AFTER, attempts.c.number <= _UNTIL)
_ATTEMPTS_OF = _ATTEMPT.where(among(attempts.c.id, "keys"))

_TRIES = (
    select(func.min(attempts.c.started_at))
    .select_from(notices.join(attempts, attempts.c.notice_id == notices.c.id))
    .where(notices.c.alert_id == alerts.c.id)
)
_CONFIRMED = (
    select(func.min(attempts.c.ended_at))
    .select_from(notices.join(attempts, attempts.c.notice_id == notices.c.id))
    .where(notices.c.alert_id == alerts.c.id, attempts.c.result == AttemptResult.DELIVERED)
)
_RECEIVED = select(alert_facts.c.at).where(
    alert_facts.c.alert_id == alerts.c.id, alert_facts.c.position == 0, alert_facts.c.is_alarm
)
# Looked up alert by alert: joined, SQLite would begin with all facts there ever were.
_PRESS = select(
    alerts.c.id,
    alerts.c.is_running,
    _RECEIVED.correlate(alerts).scalar_subquery(),
    _TRIES.correlate(alerts).scalar_subquery(),
    _CONFIRMED.correlate(alerts).scalar_subquery(),
).where(~alerts.c.synthetic)
_PRESSES_MADE = _PRESS.where(alerts.c.number > _AFTER, alerts.c.number <= _UNTIL)
_PRESSES_RUNNING = _PRESS.where(is_set(alerts.c.is_running))
_PRESSES_OF = _PRESS.where(among(alerts.c.id, "keys"))


class SqlFigures:
    def __init__(self, connection: Connection, numbers: Numbers) -> None:
        self._connection = connection
        self._numbers = numbers

    def newest(self) -> Numbered:
        last = self._numbers.last
        return Numbered(last(findings), last(alerts), last(notices), last(attempts))

    def waiting_events(self, after: int, *, only_alarms: bool = False) -> Waiting:
        if only_alarms:
            count = int(self._connection.execute(_ALARMS_AFTER, {"after": after}).scalar_one())
            oldest = _ALARM_AFTER
        else:
            # Numbers have no gaps: to subtract is to count.
            count = max(0, self._numbers.last(events) - after)
            oldest = _EVENT_AFTER
        return Waiting(count, self._first(oldest, after) if count else None)

    def waiting_findings(self, after: int) -> Waiting:
        count = max(0, self._numbers.last(findings) - after)
        return Waiting(count, self._first(_FINDING_AFTER, after) if count else None)

    def overdue(self, now: datetime) -> Mapping[str, Waiting]:
        return {name: self._waiting(query, now=now) for name, query in _OVERDUE.items()}

    def undelivered(self) -> Waiting:
        return self._waiting(_UNDELIVERED)

    def waiting_commands(self) -> Waiting:
        return self._waiting(_COMMANDS)

    def running_alerts(self) -> Mapping[str, int]:
        return {state.value: count for state, count in self._connection.execute(_RUNNING)}

    def quarantined(self) -> Mapping[str, int]:
        return {reason.value: count for reason, count in self._connection.execute(_QUARANTINED)}

    def findings_made(self, after: int, until: int) -> Counts:
        rows = self._connection.execute(_FINDINGS_MADE, {"after": after, "until": until})
        return {(trigger.value, severity.value): count for trigger, severity, count in rows}

    def alerts_opened(self, after: int, until: int) -> Counts:
        rows = self._connection.execute(_ALERTS_OPENED, {"after": after, "until": until})
        return {(kind, severity.value): count for kind, severity, count in rows}

    def notices_made(self, after: int, until: int) -> Sequence[NoticeFigure]:
        return self._notices(_NOTICES_MADE, after=after, until=until)

    def notices(self, ids: Iterable[str] | None = None) -> Sequence[NoticeFigure]:
        return self._notices(_NOTICES_DUE) if ids is None else self._notices(_NOTICES_OF, keys=keys(ids))

    def attempts_made(self, after: int, until: int) -> Sequence[AttemptFigure]:
        return self._attempts(_ATTEMPTS_MADE, after=after, until=until)

    def attempts(self, ids: Iterable[str]) -> Sequence[AttemptFigure]:
        return self._attempts(_ATTEMPTS_OF, keys=keys(ids))

    def presses_made(self, after: int, until: int) -> Sequence[PressFigure]:
        return self._presses(_PRESSES_MADE, after=after, until=until)

    def presses(self, ids: Iterable[str] | None = None) -> Sequence[PressFigure]:
        return self._presses(_PRESSES_RUNNING) if ids is None else self._presses(_PRESSES_OF, keys=keys(ids))

    def _first(self, query: Select[Any], after: int) -> datetime | None:
        at: datetime | None = self._connection.execute(query, {"after": after}).scalar()
        return at

    def _waiting(self, query: Executable, **values: object) -> Waiting:
        count, oldest_at = self._connection.execute(query, values).one()
        return Waiting(count, oldest_at)

    def _notices(self, query: Select[Any], **values: object) -> Sequence[NoticeFigure]:
        return [
            NoticeFigure(id_, kind.value, state.value, reason.value)
            for id_, kind, state, reason in self._connection.execute(query, values)
        ]

    def _attempts(self, query: Select[Any], **values: object) -> Sequence[AttemptFigure]:
        return [
            AttemptFigure(id_, channel.value, result.value if result else None, bool(is_retry))
            for id_, channel, result, is_retry in self._connection.execute(query, values)
        ]

    def _presses(self, query: Select[Any], **values: object) -> Sequence[PressFigure]:
        rows = self._connection.execute(query, values)
        return [PressFigure(*row) for row in rows if row[2] is not None]  # else no alarm opened it
