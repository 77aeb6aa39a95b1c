"""How a story says when: a wall time, on the story's first day, so many days after it, or on a date.

One notation for a whole story, read on the wall clock of the resident it is about, to the second. What is
found is written in the same notation, so that it can be held beside what was expected.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.domain.instants import local, utc_of_local

NOTATION = r"^(\+([1-9]\d{0,3}) days? |(\d{4}-\d\d-\d\d) )?([01]\d|2[0-3]):([0-5]\d)(:([0-5]\d))?$"
"""As a pattern that JSON Schema reads as well."""
EXPECTED = 'a local time such as "22:40", "+1 day 06:10" or "2025-07-23 02:13:05"'
YEARS = range(1971, 2200)
"""The years that a story may tell of; what it waits for lies within the calendar then as well."""
_NOTATION = re.compile(NOTATION, re.ASCII)


class NotATime(ValueError):
    """A text that says no local time."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A wall time as it is written: on the first day, ``days_later`` than it, or on a ``day`` of its own."""

    wall: time
    days_later: int = 0
    day: date | None = None

    def instant(self, first_day: date, zone: ZoneInfo) -> datetime:
        """The instant in UTC; `NotATime` outside the years that a story may tell of."""
        day = self.day or first_day + timedelta(days=self.days_later)
        if day.year not in YEARS:
            raise NotATime(day.isoformat())
        return utc_of_local(day, self.wall, zone)


def read_moment(text: str) -> Moment:
    """The moment that a text says; `NotATime` if it says none."""
    match = _NOTATION.match(text)
    if match is None or text.endswith("\n"):
        raise NotATime(text[:64])
    try:
        day = date.fromisoformat(match[3]) if match[3] else None
    except ValueError as error:
        raise NotATime(text[:64]) from error
    wall = time(int(match[4]), int(match[5]), int(match[7] or 0))
    return Moment(wall, int(match[2] or 0), day)


def written(instant: datetime, first_day: date, zone: ZoneInfo) -> str:
    """An instant as a story writes it: near its first day by days after it, else by the date."""
    shown = local(instant, zone)
    wall = shown.strftime("%H:%M:%S" if shown.second else "%H:%M")
    days = (shown.date() - first_day).days
    if days == 0:
        return wall
    if 0 < days <= _NEAR_DAYS:
        return f"+{days} day{'s' if days > 1 else ''} {wall}"
    return f"{shown.date().isoformat()} {wall}"


_NEAR_DAYS = 7
"""Beyond a week a date is easier to read than a number of days."""
