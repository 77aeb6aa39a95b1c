"""`quota` by month, by counting the whole list again for every question."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from services.domain.instants import start_of_day
from tests.oracle.happened import Happened, Said


def say(
    events: Sequence[Happened],
    at_least: int,
    warn_days: int,
    zone: ZoneInfo,
    enrolled_at: datetime,
    start: datetime,
    until: datetime,
) -> list[Said]:
    """What a monthly quota says about deadlines in [start, until]; nobody is ever away and nothing taken
    back.
    """
    found: list[Said] = []
    year, month = enrolled_at.astimezone(zone).year, enrolled_at.astimezone(zone).month
    while True:
        first = date(year, month, 1)
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        next_first = date(year, month, 1)
        begin, end = start_of_day(first, zone), start_of_day(next_first, zone)
        warning = start_of_day(next_first - timedelta(days=warn_days), zone)
        closing = start_of_day(_month_after(next_first), zone)
        if min(warning, end) > until:
            return found
        inside = [
            event for event in events if begin <= event.occurred_at < end and event.occurred_at >= enrolled_at
        ]
        if 2 * (end - max(begin, enrolled_at)) < end - begin:
            continue
        if warning >= max(enrolled_at, start) and warning <= until:
            found += _warned(inside, at_least, warning, closing)
        if start <= end <= until:
            found += _judged(inside, at_least, end, closing)


def _warned(inside: list[Happened], at_least: int, warning: datetime, closing: datetime) -> list[Said]:
    known = [event for event in inside if event.received_at <= warning]
    if len(known) >= at_least:
        return []
    state = "holds"
    for event in inside:
        if not warning < event.received_at <= closing:
            continue
        known.append(event)
        if len(known) >= at_least and state != "withdrawn":
            in_time = [each for each in known if each.occurred_at <= warning]
            state = "withdrawn" if len(in_time) >= at_least else "ended"
    before = tuple(sorted(event.seq for event in inside if event.received_at <= warning))
    return [Said(warning, warning, state, "warn", before)]


def _judged(inside: list[Happened], at_least: int, end: datetime, closing: datetime) -> list[Said]:
    known = [event for event in inside if event.received_at <= end]
    if len(known) >= at_least:
        return []
    later = [event for event in inside if event.received_at <= closing]
    state = "withdrawn" if len(later) >= at_least else "holds"
    return [Said(end, end, state, None, tuple(sorted(event.seq for event in known)))]


def _month_after(first: date) -> date:
    return (first + timedelta(days=32)).replace(day=1)
