"""Wall clocks by brute force: when one first shows a time, or has jumped over it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)


@lru_cache(maxsize=100_000)
def instant_of(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """The first instant at which the clock shows ``wall`` on ``day``; the end of the gap if it never does."""
    shown = datetime.combine(day, wall)
    around = datetime.combine(day, wall, tzinfo=UTC)
    offsets = {(around + days * _DAY).astimezone(zone).utcoffset() or timedelta(0) for days in (-1, 0, 1)}
    showing = [
        around - offset
        for offset in offsets
        if (around - offset).astimezone(zone).replace(tzinfo=None) == shown
    ]
    if showing:
        return min(showing)
    # A gap: the first minute at which the clock shows something later. Clocks jump at whole minutes.
    minute = around.replace(second=0, microsecond=0) - _DAY
    while minute.astimezone(zone).replace(tzinfo=None) <= shown:
        minute += timedelta(minutes=1)
    return minute
