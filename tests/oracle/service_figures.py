"""The figures of the service by brute force: every alert, every limit, one after the other, from the alerts,
moves and notices as they are stored. Written apart from the reckoning; both must say the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import inf
from zoneinfo import ZoneInfo

from services.domain.alerts import Alert, AlertChange, ChangeReason, Outcome
from services.domain.findings import Severity
from services.domain.homes import Home
from services.domain.notices import Notice, NoticeKind
from services.domain.service_figures import Aim, Aims, Group, ServiceFigures, Speed

Waits = Sequence[tuple[datetime, datetime | None, datetime]]
"""When it was asked for, when it was done, until when it could have been."""


@dataclass(frozen=True)
class History:
    """All that was stored, and when it is looked at."""

    alerts: Sequence[tuple[Alert, Sequence[AlertChange]]]
    notices: Sequence[Notice]
    homes: Mapping[str, Home]
    rules: Mapping[str, str]
    """The rule of each Finding."""
    span: tuple[datetime, datetime]
    now: datetime
    aims: Aims
    zone: ZoneInfo


@dataclass(frozen=True)
class Case:
    """What the figures ask of one urgent alert."""

    alert: Alert
    grid: str | None
    hour: int
    asked: datetime
    taken: datetime | None
    taker: str | None
    there: datetime | None
    end: datetime
    is_silenced: bool


def said(history: History) -> dict[str, object]:
    """The figures as plain values."""
    cases = [_case(*each, history) for each in history.alerts if _is_urgent(each[0], history.span)]
    counted = [case for case in cases if not case.is_silenced]
    grids = sorted({case.grid for case in cases}, key=lambda grid: grid or "")
    return {
        "total": _group(cases, history.aims),
        "grids": {grid: _group([c for c in cases if c.grid == grid], history.aims) for grid in grids},
        "hours": [_group([c for c in cases if c.hour == hour], history.aims) for hour in range(24)],
        "rules": _rules(history),
        "workers": _workers(counted, history),
    }


def spelled(found: ServiceFigures) -> dict[str, object]:
    """The house's own figures in the same form."""
    return {
        "total": _spelled_group(found.total),
        "grids": {each.grid_id: _spelled_group(each.group) for each in found.grids},
        "hours": [_spelled_group(each) for each in found.hours],
        "rules": {each.rule: (each.for_nothing, each.closed) for each in found.rules},
        "workers": {
            each.worker_id: (
                *(each.told, each.taken, _spelled(each.answered), _spelled(each.on_site), each.pages),
                {night.night: (night.pages, night.is_too_many) for night in each.nights},
            )
            for each in found.workers
        },
    }


def _is_urgent(alert: Alert, span: tuple[datetime, datetime]) -> bool:
    return (
        alert.severity is Severity.HIGH
        and not alert.synthetic
        and alert.test is None
        and span[0] <= alert.opened_at < span[1]
    )


def _case(alert: Alert, moves: Sequence[AlertChange], history: History) -> Case:
    asked = alert.opened_at
    since = 0
    for place, move in enumerate(moves):
        if move.reason is ChangeReason.SEVERITY_RAISED:
            asked, since = move.at, place + 1
    alarms = [fact.at for fact in alert.facts if fact.is_alarm]
    silenced = any(move.reason is ChangeReason.SILENCED for move in moves)
    if alarms and (silenced or min(alarms) < asked):
        asked = min(alarms)
    people = [move for move in moves[since:] if move.by != "house"]
    takes = [
        move
        for move in people
        if move.reason in (ChangeReason.ACCEPTED, ChangeReason.ARRIVED, ChangeReason.CLOSED)
    ]
    arrivals = [move.at for move in people if move.reason is ChangeReason.ARRIVED]
    home = history.homes.get(alert.home_id or "")
    zone = ZoneInfo(home.timezone) if home and home.timezone else history.zone
    return Case(
        alert,
        home.grid_id if home else None,
        asked.astimezone(zone).hour,
        asked,
        takes[0].at if takes else None,
        (takes[0].on_behalf_of or takes[0].by) if takes else None,
        arrivals[0] if arrivals else None,
        alert.closed_at or history.now,
        silenced and not alarms,
    )


def _group(cases: Sequence[Case], aims: Aims) -> tuple[object, ...]:
    counted = [case for case in cases if not case.is_silenced]
    answers = [(case.asked, case.taken, case.end) for case in counted]
    arrivals = [(case.asked, case.there, case.end) for case in counted if _had_to_go(case)]
    return (
        len(counted),
        len(cases) - len(counted),
        _speed(answers, aims.answered),
        _speed(arrivals, aims.on_site),
    )


def _had_to_go(case: Case) -> bool:
    return not (case.there is None and case.alert.outcome is Outcome.FALSE_ALARM)


def _speed(waits: Waits, aims: Sequence[Aim]) -> tuple[object, ...]:
    shares = []
    for aim in aims:
        verdicts = [_verdict(*each, aim.within) for each in waits]
        shares.append((verdicts.count(True), verdicts.count(True) + verdicts.count(False)))
    last = max(aim.within for aim in aims)
    never = [each for each in waits if each[1] is None and each[2] - each[0] > last]
    seconds = sorted(
        [max((done - asked) / timedelta(microseconds=1), 0) for asked, done, _ in waits if done is not None]
        + [inf for _ in never]
    )
    return (tuple(shares), len(seconds), len(never), _tenth(5, seconds), _tenth(9, seconds))


def _verdict(asked: datetime, done: datetime | None, end: datetime, within: timedelta) -> bool | None:
    if done is not None:
        return done - asked <= within
    return False if end - asked > within else None


def _tenth(tenths: int, seconds: Sequence[float]) -> float | None:
    """The smallest wait that so many tenths of all do not pass."""
    for wait in seconds:
        if sum(each <= wait for each in seconds) * 10 >= tenths * len(seconds):
            return None if wait == inf else wait
    return None


def _rules(history: History) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for alert, _ in history.alerts:
        over = alert.outcome
        is_in = history.span[0] <= alert.opened_at < history.span[1]
        if over in (None, Outcome.TEST) or alert.synthetic or alert.test is not None or not is_in:
            continue
        rule = history.rules[alert.facts[0].finding_id]
        nothing, closed = found.get(rule, (0, 0))
        idle = over in (Outcome.FALSE_ALARM, Outcome.OVER_BY_ITSELF)
        found[rule] = (nothing + idle, closed + 1)
    return found


def _pages(notices: Iterable[Notice]) -> list[tuple[str, datetime, str]]:
    return [
        (notice.worker_id, notice.sent_at, notice.alert_id)
        for notice in notices
        if notice.worker_id is not None
        and notice.sent_at is not None
        and notice.kind in (NoticeKind.ALERT, NoticeKind.JOINED)
        and not notice.synthetic
    ]


def _workers(cases: Sequence[Case], history: History) -> dict[str, tuple[object, ...]]:
    pages = _pages(history.notices)
    in_span = [page for page in pages if history.span[0] <= page[1] < history.span[1]]
    takers = {case.taker for case in cases if case.taker is not None}
    found: dict[str, tuple[object, ...]] = {}
    for worker in sorted(takers | {page[0] for page in pages}):
        asked: list[tuple[datetime, datetime | None, datetime]] = []
        went: list[tuple[datetime, datetime | None, datetime]] = []
        for case in cases:
            told = min((at for who, at, of in pages if (who, of) == (worker, case.alert.id)), default=None)
            until = min(case.taken or history.now, case.alert.closed_at or history.now)
            if told is not None and told < until:
                asked.append((told, case.taken if case.taker == worker else None, until))
            if case.taker == worker and case.taken is not None and _had_to_go(case):
                went.append((case.taken, case.there, case.end))
        nights: dict[date, tuple[int, bool]] = {}
        for _, at, _ in (page for page in in_span if page[0] == worker):
            evening = _evening(at, history)
            if evening is not None:
                count = nights.get(evening, (0, False))[0] + 1
                nights[evening] = (count, count > history.aims.pages_a_night)
        taken = sum(case.taker == worker for case in cases)
        mine = [page for page in in_span if page[0] == worker]
        if asked or taken or mine:
            answered, on_site = _speed(asked, history.aims.answered), _speed(went, history.aims.on_site)
            found[worker] = (len(asked), taken, answered, on_site, len(mine), nights)
    return found


def _evening(at: datetime, history: History) -> date | None:
    wall = at.astimezone(history.zone)
    if wall.time() >= history.aims.night_from:
        return wall.date()
    return wall.date() - timedelta(days=1) if wall.time() < history.aims.night_until else None


def _spelled_group(group: Group) -> tuple[object, ...]:
    return group.alerts, group.silenced, _spelled(group.answered), _spelled(group.on_site)


def _spelled(speed: Speed) -> tuple[object, ...]:
    shares = tuple((share.met, share.of) for share in speed.shares)
    return shares, speed.count, speed.never, _plain(speed.median), _plain(speed.ninth)


def _plain(span: timedelta | None) -> float | None:
    return None if span is None else span / timedelta(microseconds=1)
