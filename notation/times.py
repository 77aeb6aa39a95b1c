"""How a story says when: a wall time, on the story's first day, so many days after it, or on a date.

One notation for a whole story, read on the wall clock of the resident it is about, to the second. What is
found is written in the same notation, so that it can be held beside what was expected.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from notation.walls import instant_of

TIME = r"(?:\+[1-9]\d{0,3} days? |\d{4}-\d\d-\d\d )?(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?"
"""A time to be built into longer sentences; no groups."""
NOTATION = r"^(\+([1-9]\d{0,3}) days? |(\d{4}-\d\d-\d\d) )?([01]\d|2[0-3]):([0-5]\d)(:([0-5]\d))?$"
"""As a pattern that JSON Schema reads as well."""
EXPECTED = 'a local time such as "22:40", "+1 day 06:10" or "2025-07-23 02:13:05"'
YEARS = range(1971, 2200)
"""The years that a story may tell of; what it waits for lies within the calendar then as well."""
_NOTATION = re.compile(NOTATION, re.ASCII)
_DAY = timedelta(days=1)


class NotATime(ValueError):
    """A text that says no local time."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A wall time as it is written: on the first day, ``days_later`` than it, or on a ``day`` of its own."""

    wall: time
    days_later: int = 0
    day: date | None = None

    @property
    def is_bare(self) -> bool:
        """Whether no day is said."""
        return self.days_later == 0 and self.day is None

    def instant(self, first_day: date, zone: ZoneInfo) -> datetime:
        """The instant in UTC; `NotATime` outside the years that a story may tell of."""
        day = self.day or first_day + timedelta(days=self.days_later)
        if day.year not in YEARS:
            raise NotATime(day.isoformat())
        return instant_of(day, self.wall, zone)


def rolled(moment: Moment, earliest: datetime, first_day: date, zone: ZoneInfo) -> datetime:
    """The instant of a moment in a sentence: a bare wall time is the first such at or after ``earliest``.

    So a night is written as it is told.
    """
    if not moment.is_bare:
        return moment.instant(first_day, zone)
    day = earliest.astimezone(zone).date()
    instant = Moment(moment.wall, day=day).instant(first_day, zone)
    return instant if instant >= earliest else replace(moment, day=day + _DAY).instant(first_day, zone)


@lru_cache(maxsize=64)
def zone_named(name: str) -> ZoneInfo:
    """The IANA zone of that name; an unknown one: ValueError."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"no time zone is named {name[:64]!r}") from error


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
    shown = instant.astimezone(zone)
    wall = shown.strftime("%H:%M:%S" if shown.second else "%H:%M")
    days = (shown.date() - first_day).days
    if days == 0:
        return wall
    if 0 < days <= _NEAR_DAYS:
        return f"+{days} day{'s' if days > 1 else ''} {wall}"
    return f"{shown.date().isoformat()} {wall}"


_NEAR_DAYS = 7
"""Beyond a week a date is easier to read than a number of days."""
