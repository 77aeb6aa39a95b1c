"""Readings of a wall clock in a scenario ('02:13', 'day 2 06:40:30') and spans ('40s', '10m'), as instants
in UTC.

A reading without a day is the first one at or after what came before it, so that a night is written as it
is told. Nothing here reads a clock.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

READING = r"(?:day (\d{1,3}) )?([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?"
"""A reading, to be built into longer sentences; four groups."""
SPAN = r"\d{1,6}[smh]"
_UNITS = {"s": timedelta(seconds=1), "m": timedelta(minutes=1), "h": timedelta(hours=1)}


@dataclass(frozen=True, slots=True)
class Reading:
    """What a wall clock shows; ``day`` 1 is the local day on which the scenario starts, None the next such
    time.
    """

    wall: time
    day: int | None = None

    def __str__(self) -> str:
        shown = self.wall.isoformat("seconds" if self.wall.second else "minutes")
        return shown if self.day is None else f"day {self.day} {shown}"


@dataclass(frozen=True, slots=True)
class Frame:
    """The zone and the start of a scenario: what turns readings into instants and back."""

    zone: ZoneInfo
    starts_at: datetime

    def at(self, reading: Reading, not_before: datetime | None = None) -> datetime:
        """The instant of a reading; one without a day is the first at or after ``not_before`` (else the
        start).
        """
        earliest = not_before or self.starts_at
        if reading.day is not None:
            first_day = self.starts_at.astimezone(self.zone).date()
            return _utc(first_day + timedelta(days=reading.day - 1), reading.wall, self.zone)
        day = earliest.astimezone(self.zone).date()
        instant = _utc(day, reading.wall, self.zone)
        return instant if instant >= earliest else _utc(day + timedelta(days=1), reading.wall, self.zone)

    def show(self, instant: datetime) -> str:
        """An instant as the people of the scenario read it; with the day once it is not the first."""
        local = instant.astimezone(self.zone)
        days = (local.date() - self.starts_at.astimezone(self.zone).date()).days
        shown = local.strftime("%H:%M:%S")
        return shown if days == 0 else f"{shown} +{days}d"


def parse_reading(text: object) -> Reading:
    match = re.fullmatch(READING, text, re.ASCII) if isinstance(text, str) else None
    if match is None:
        raise ValueError("expected a local time such as 02:13, 02:13:30 or 'day 2 06:40'")
    return reading_of(*match.groups())


def reading_of(day: str | None, hour: str, minute: str, second: str | None) -> Reading:
    """Make a reading of the four groups of `READING`."""
    if day == "0":
        raise ValueError("expected day 1 or later: day 1 is the day on which the scenario starts")
    return Reading(time(int(hour), int(minute), int(second or 0)), None if day is None else int(day))


def parse_start(text: object) -> datetime:
    """Read 'YYYY-MM-DD HH:MM' as a naive local time; the scenario's zone turns it into an instant."""
    if isinstance(text, str) and re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?", text, re.ASCII):
        return datetime.fromisoformat(text)
    raise ValueError("expected a local date and time in quotes such as '2025-07-22 21:30'")


def parse_span(text: str) -> timedelta:
    span = int(text[:-1]) * _UNITS[text[-1]]
    if not span:
        raise ValueError("expected at least 1s: nobody answers in no time")
    return span


def frame(zone: ZoneInfo, starts: datetime) -> Frame:
    """The frame of a scenario that starts at a naive local time."""
    return Frame(zone, _utc(starts.date(), starts.time(), zone))


def show_span(span: timedelta) -> str:
    """A span in words short enough for a report, e.g. ``1 h 02 min`` or ``40 s``."""
    seconds = round(abs(span.total_seconds()))
    hours, minutes = seconds // 3600, seconds // 60 % 60
    if hours:
        return f"{hours} h {minutes:02} min"
    return f"{minutes} min {seconds % 60:02} s" if minutes else f"{seconds} s"


def _utc(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """A wall time that does not exist is read with the offset before the gap, one that exists twice is the
    first.
    """
    return datetime.combine(day, wall, tzinfo=zone).astimezone(UTC)
