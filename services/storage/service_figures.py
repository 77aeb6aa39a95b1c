"""The rows from which the figures of the service are reckoned. Each statement walks an index of time over the
span that is asked for; what belongs to one alert is looked up alert by alert, as SQLite would otherwise begin
with all that there ever was.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from functools import cache
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Select,
    Text,
    bindparam,
    cast,
    func,
    or_,
    select,
    type_coerce,
)

from services.domain.alerts import HOUSE, AlertState, ChangeReason, Outcome
from services.domain.findings import Severity
from services.domain.instants import microseconds
from services.domain.notices import PAGES, NoticeState
from services.domain.service_figures import PagesOf, RuleEnds, Told, UrgentAlert
from services.storage.among import among, asked_pairs, keys
from services.storage.codec import Instant
from services.storage.prepared import fetch, scalar
from services.storage.tables import (
    alert_changes,
    alert_facts,
    alerts,
    findings,
    homes,
    notices,
    residents,
)

_OPENED = (
    alerts.c.opened_at >= bindparam("since", type_=Instant),
    alerts.c.opened_at < bindparam("until", type_=Instant),
    ~alerts.c.synthetic,
    alerts.c.test.is_(None),
)
_URGENT = (*_OPENED, alerts.c.severity == Severity.HIGH)
_TAKES = frozenset({ChangeReason.ACCEPTED, ChangeReason.ARRIVED, ChangeReason.CLOSED})
"""What a person does who takes an alert, or ends it. To decline is not among it: nobody has it after that."""
_MATTERING = _TAKES | {ChangeReason.SEVERITY_RAISED, ChangeReason.SILENCED}


def _one_of(column: Column[Any], members: Iterable[StrEnum]) -> ColumnElement[bool]:
    """Spelled out, for a prepared statement has its parameters counted."""
    return or_(*(column == member for member in sorted(members)))


def _number(column: ColumnElement[Any]) -> ColumnElement[int]:
    """An instant as it lies in the column."""
    return type_coerce(column, BigInteger)


_ALARM = (
    select(func.min(alert_facts.c.at))
    .where(alert_facts.c.alert_id == alerts.c.id, alert_facts.c.is_alarm)
    .correlate(alerts)
    .scalar_subquery()
)


def _urgent(*, of_grids: bool) -> Select[Any]:
    found = (
        select(
            alerts.c.id,
            homes.c.grid_id,
            func.coalesce(residents.c.timezone, homes.c.timezone),
            _number(alerts.c.opened_at),
            _number(_ALARM),
            _number(alerts.c.closed_at),
            type_coerce(alerts.c.outcome, Text),
        )
        .select_from(alerts)
        .outerjoin(homes, homes.c.id == alerts.c.home_id)
        .outerjoin(residents, residents.c.id == alerts.c.resident_id)
        .where(*_URGENT)
        .order_by(alerts.c.opened_at, alerts.c.number)
    )
    return found.where(among(homes.c.grid_id, "grids")) if of_grids else found


def _moves(*, of_grids: bool) -> Select[Any]:
    """What people and the house did with these alerts, as far as it matters, in any order."""
    moves = (
        select(
            alert_changes.c.alert_id,
            alert_changes.c.number,
            type_coerce(alert_changes.c.reason, Text),
            _number(alert_changes.c.at),
            func.coalesce(alert_changes.c.on_behalf_of, alert_changes.c.by),
        )
        .select_from(alerts.join(alert_changes, alert_changes.c.alert_id == alerts.c.id))
        .where(*_URGENT, _one_of(alert_changes.c.reason, _MATTERING))
    )
    return _in_grids(moves, of_grids=of_grids)


def _in_grids(statement: Select[Any], *, of_grids: bool) -> Select[Any]:
    if not of_grids:
        return statement
    near = select(homes.c.id).where(among(homes.c.grid_id, "grids"))
    return statement.where(alerts.c.home_id.in_(near))


_IS_PAGE = (_one_of(notices.c.kind, PAGES), ~notices.c.synthetic)


def _told(*, of_grids: bool) -> Select[Any]:
    told = (
        select(notices.c.alert_id, notices.c.worker_id, _number(func.min(notices.c.sent_at)))
        .select_from(alerts.join(notices, notices.c.alert_id == alerts.c.id))
        .where(
            *_URGENT,
            _one_of(notices.c.kind, PAGES),
            notices.c.sent_at.is_not(None),
            notices.c.worker_id.is_not(None),
        )
        .group_by(notices.c.alert_id, notices.c.worker_id)
    )
    return _in_grids(told, of_grids=of_grids)


def _ends(*, of_grids: bool) -> Select[Any]:
    ends = (
        select(
            findings.c.rulebook,
            findings.c.rule,
            alerts.c.outcome,
            func.count(),
            func.max(findings.c.number),
        )
        .select_from(
            alerts.join(
                alert_facts, (alert_facts.c.alert_id == alerts.c.id) & (alert_facts.c.position == 0)
            ).join(findings, findings.c.id == alert_facts.c.finding_id)
        )
        .where(*_OPENED, alerts.c.state == AlertState.CLOSED, alerts.c.outcome.is_not(None))
        .group_by(findings.c.rulebook, findings.c.rule, alerts.c.outcome)
    )
    return _in_grids(ends, of_grids=of_grids)


_SENT = (
    # Whoever was reached over any channel; synthetic ones are told to nobody of the house.
    notices.c.sent_at >= bindparam("since", type_=Instant),
    notices.c.sent_at < bindparam("until", type_=Instant),
    notices.c.worker_id.is_not(None),
    *_IS_PAGE,
)


# Of all people, whoever's are asked for: by person, SQLite would walk through all there ever were of theirs.
PAGES_SENT = select(notices.c.worker_id, func.count()).where(*_SENT).group_by(notices.c.worker_id)


@cache
def pages_at_night(dialect: str) -> Select[Any]:
    """By person and by the instant at which a night begins."""
    start, end, nights = asked_pairs("nights", dialect)
    begins = cast(start, BigInteger)
    return (
        select(notices.c.worker_id, begins, func.count())
        .select_from(nights)
        .join(
            notices,
            (_number(notices.c.sent_at) >= begins) & (_number(notices.c.sent_at) < cast(end, BigInteger)),
        )
        .where(notices.c.worker_id.is_not(None), *_IS_PAGE)
        .group_by(notices.c.worker_id, begins)
    )


_BOTH = (False, True)
MOVES = {of_grids: _moves(of_grids=of_grids) for of_grids in _BOTH}
URGENT = {of_grids: _urgent(of_grids=of_grids) for of_grids in _BOTH}
TOLD = {of_grids: _told(of_grids=of_grids) for of_grids in _BOTH}
ENDS = {of_grids: _ends(of_grids=of_grids) for of_grids in _BOTH}
# Counted one by one: grouped by person, SQLite would walk through all notices of everybody.
SENT_SINCE = select(notices.c.worker_id).where(
    notices.c.sent_at >= bindparam("since", type_=Instant), *_IS_PAGE
)
GOING_OUT = select(notices.c.worker_id).where(
    notices.c.state == NoticeState.DUE,
    notices.c.next_attempt_at <= bindparam("due_until", type_=Instant),
    *_IS_PAGE,
)
_TITLES = select(findings.c.titles).where(findings.c.number == bindparam("of"))


class SqlFigureRows:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def urgent(
        self, since: datetime, until: datetime, grid_ids: Collection[str] | None = None
    ) -> Sequence[UrgentAlert]:
        values = {"since": since, "until": until} | _keys(grids=grid_ids)
        of_grids = grid_ids is not None
        moves: defaultdict[str, list[_Move]] = defaultdict(list)
        for alert_id, *move in fetch(self._connection, MOVES[of_grids], values):
            moves[alert_id].append(move)
        return [_alert(row, moves[row[0]]) for row in fetch(self._connection, URGENT[of_grids], values)]

    def told(
        self,
        since: datetime,
        until: datetime,
        grid_ids: Collection[str] | None = None,
        worker_ids: Collection[str] | None = None,
    ) -> Sequence[Told]:
        values = {"since": since, "until": until} | _keys(grids=grid_ids)
        rows = fetch(self._connection, TOLD[grid_ids is not None], values)
        return [Told(*row) for row in rows if worker_ids is None or row[1] in worker_ids]

    def ends(
        self, since: datetime, until: datetime, grid_ids: Collection[str] | None = None
    ) -> Sequence[RuleEnds]:
        values = {"since": since, "until": until} | _keys(grids=grid_ids)
        rows = fetch(self._connection, ENDS[grid_ids is not None], values)
        titles: dict[tuple[str, str], Mapping[str, str]] = {}
        for row in sorted(rows, key=lambda row: -row[-1]):
            if (row[0], row[1]) not in titles:
                titles[row[0], row[1]] = scalar(self._connection, _TITLES, {"of": row[-1]})
        return [
            RuleEnds(rulebook, rule, outcome, count, titles[rulebook, rule])
            for rulebook, rule, outcome, count, _ in rows
        ]

    def pages(
        self,
        since: datetime,
        until: datetime,
        nights: Sequence[tuple[datetime, datetime]] = (),
        worker_ids: Collection[str] | None = None,
    ) -> Sequence[PagesOf]:
        in_all = fetch(self._connection, PAGES_SENT, {"since": since, "until": until})
        within = [(microseconds(max(start, since)), microseconds(min(end, until))) for start, end in nights]
        begins = {start: number for number, (start, _) in enumerate(within)}
        pairs = {"nights": keys((str(start), str(end)) for start, end in within)}
        at_night = fetch(self._connection, pages_at_night(self._connection.dialect.name), pairs)
        found = [PagesOf(worker, None, count) for worker, count in in_all]
        found += [PagesOf(worker, begins[start], count) for worker, start, count in at_night]
        return [each for each in found if worker_ids is None or each.worker_id in worker_ids]

    def going_out(self, since: datetime, due_until: datetime) -> Mapping[str, int]:
        sent = fetch(self._connection, SENT_SINCE, {"since": since})
        due = fetch(self._connection, GOING_OUT, {"due_until": due_until})
        return Counter(worker_id for [worker_id] in (*sent, *due) if worker_id is not None)


def _keys(**wanted: Collection[str] | None) -> dict[str, Any]:
    return {name: keys(each) for name, each in wanted.items() if each is not None}


_OUTCOMES = {outcome.value: outcome for outcome in Outcome}
_Move = Sequence[Any]
"""Number, reason, instant and person of one move."""


def _alert(row: Sequence[Any], moves: Sequence[_Move]) -> UrgentAlert:
    """What people did counts from when it was urgent on; before that help was not measured by it."""
    id_, grid_id, zone, opened_at, alarm_at, closed_at, outcome = row
    asked_at, answered_at, answered_by, arrived_at, was_silenced = opened_at, None, None, None, False
    for _, reason, at, by in sorted(moves, key=itemgetter(0)):
        if reason == ChangeReason.SEVERITY_RAISED:
            asked_at, answered_at, answered_by, arrived_at = at, None, None, None
        elif reason == ChangeReason.SILENCED:
            was_silenced = True
        elif by != HOUSE:
            if answered_at is None:
                answered_at, answered_by = at, by
            if arrived_at is None and reason == ChangeReason.ARRIVED:
                arrived_at = at
    if alarm_at is not None and (alarm_at < asked_at or was_silenced):
        asked_at = alarm_at
    return UrgentAlert(
        *(id_, grid_id, zone, asked_at, answered_at, answered_by, arrived_at, closed_at),
        _OUTCOMES.get(outcome),
        was_silenced=was_silenced and alarm_at is None,
    )
