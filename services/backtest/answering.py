"""Answering: how people are assumed to answer where nobody can know it.

As they did: each wait is the median of the alerts of that severity in the time that is tried. With too few of
them a number stands in, which is this software's own and is said so in the report.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from statistics import median

from services.domain.alerts import Alert
from services.domain.backtests import Answering
from services.domain.findings import Severity
from services.domain.notices import Notice, NoticeState

FEWEST = 3
"""Alerts from which a median is taken: one or two may be anybody's bad night."""
ACCEPTS_AFTER = timedelta(minutes=2)
"""Assumption: the first step of `emergency` waits as long before the second is told."""
ARRIVES_AFTER = timedelta(minutes=8)
"""Assumption: before `emergency` reminds of it, which is ten minutes after the acceptance."""
CLOSES_AFTER = timedelta(minutes=20)
"""Assumption: a short visit."""


def answering_of(alerts: Iterable[Alert], notices: Iterable[Notice]) -> dict[Severity, Answering]:
    """How alerts of each severity were answered: accepted after somebody was first told of them, arrived
    after that, closed after that.
    """
    told = _first_told(notices)
    waits: dict[Severity, tuple[list[timedelta], list[timedelta], list[timedelta]]] = {
        severity: ([], [], []) for severity in Severity
    }
    for alert in alerts:
        if alert.test is not None or alert.accepted_at is None:
            continue
        accepted, arrived, closed = waits[alert.severity]
        _note(accepted, told.get(alert.id, alert.opened_at), alert.accepted_at)
        _note(arrived, alert.accepted_at, alert.arrived_at)
        _note(closed, alert.arrived_at or alert.accepted_at, alert.closed_at)
    return {severity: _answering(severity, *each) for severity, each in waits.items()}


def _first_told(notices: Iterable[Notice]) -> Mapping[str, datetime]:
    told: dict[str, datetime] = {}
    for notice in notices:
        if notice.state is not NoticeState.NOT_SENT:
            known = told.get(notice.alert_id)
            told[notice.alert_id] = notice.created_at if known is None else min(known, notice.created_at)
    return told


def _note(waits: list[timedelta], since: datetime, until: datetime | None) -> None:
    if until is not None and until >= since:
        waits.append(until - since)


def _answering(
    severity: Severity, accepted: list[timedelta], arrived: list[timedelta], closed: list[timedelta]
) -> Answering:
    return Answering(
        severity,
        *_median(accepted, ACCEPTS_AFTER),
        *_median(arrived, ARRIVES_AFTER),
        *_median(closed, CLOSES_AFTER),
    )


def _median(waits: list[timedelta], otherwise: timedelta) -> tuple[timedelta, int]:
    if len(waits) < FEWEST:
        return otherwise, 0
    seconds = round(median(wait.total_seconds() for wait in waits))
    return timedelta(seconds=seconds), len(waits)
