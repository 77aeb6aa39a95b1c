"""Windows of the day (`between`): whether a local wall clock lies in one, and when that one ends.

Half-open [start, end), may cross midnight. It reckons with wall time for what lies inside and with instants
for its end, so that a night in which the clock is moved has the end that people see.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.domain.instants import local, utc_of_local

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DailyWindow:
    """From one wall time up to but not at another; an ``end`` of midnight is that of the day's end."""

    start: time
    end: time

    def holds(self, instant: datetime, zone: ZoneInfo) -> bool:
        """Whether the wall clock shows a time inside."""
        wall = local(instant, zone).time()
        if self.start < self.end:
            return self.start <= wall < self.end
        return wall >= self.start or wall < self.end

    def end_at(self, instant: datetime, zone: ZoneInfo) -> datetime:
        """When the window that holds ``instant`` ends."""
        shown = local(instant, zone)
        crosses = self.start >= self.end and shown.time() >= self.start
        return utc_of_local(shown.date() + _DAY if crosses else shown.date(), self.end, zone)


def next_wall_time(after: datetime, wall: time, zone: ZoneInfo) -> datetime:
    """The first instant later than ``after`` at which the wall clock shows ``wall`` for the first time that
    day.
    """
    day = local(after, zone).date()
    days = (day + offset * _DAY for offset in (-1, 0, 1, 2))
    return min(instant for each in days if (instant := utc_of_local(each, wall, zone)) > after)


def same_wall_time(instant: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The same wall time so many local days later; OverflowError if there is no such day."""
    shown = local(instant, zone)
    return utc_of_local(shown.date() + days * _DAY, shown.time(), zone)
