"""Instants, spans and local time: how the house reads, writes and reckons time.

Every instant inside the house is an aware UTC datetime; a zone appears only where a person's wall clock
decides.
Nothing here reads a clock: time is an argument.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_RFC3339 = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:(?:[0-5]\d|60)(?:\.\d{1,9})?([Zz]|[+-]\d\d:[0-5]\d)?", re.ASCII
)
SPAN = "([0-9]{1,9})(s|m|h|d)"
"""A span as it is written, as a pattern that JSON Schema reads as well."""
_SPAN = re.compile(SPAN, re.ASCII)
WALL = "([01][0-9]|2[0-3]):([0-5][0-9])"
"""A wall time as it is written, for JSON Schema as well."""
_WALL = re.compile(WALL, re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_UNIT = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
}

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""The instant from which microseconds are counted where an instant is stored as a number."""


EARLIEST_YEAR, LATEST_YEAR = 1900, 2200
"""Instants outside are slips of the keyboard, and near the ends of the calendar local time overflows."""


class NotAnInstant(ValueError):
    """A text that should have been an RFC 3339 instant is none."""


class NotASpan(ValueError):
    """A text that should have been a span such as ``90s``, ``20m``, ``2h`` or ``3d`` is none."""


class NotADay(ValueError):
    """A text that should have been a day such as ``2025-07-23`` is none, or none that somebody can mean."""


class NotAWallTime(ValueError):
    """A text that should have been a wall time such as ``07:00`` is none."""


def parse_instant(text: str, zone: ZoneInfo | None = None) -> datetime:
    """Read an RFC 3339 instant as UTC; digits past microseconds are cut off.

    Without an offset it is read in ``zone``; with neither, or if the text is no instant: `NotAnInstant`.
    """
    if _RFC3339.fullmatch(text) is None:
        raise NotAnInstant(text[:64])
    whole = f"{text[:17]}59{text[19:]}" if text[17:19] == "60" else text  # a leap second is the one before it
    try:
        instant = datetime.fromisoformat(whole.upper())
        if instant.tzinfo is not None:
            return instant.astimezone(UTC)
        if zone is None:
            raise NotAnInstant(text[:64])
        return utc_of_local(instant.date(), instant.time(), zone)
    except (ValueError, OverflowError) as error:
        raise NotAnInstant(text[:64]) from error


def is_sensible(instant: datetime) -> bool:
    """Whether somebody can mean the instant, and whoever adds to it stays within the calendar."""
    return EARLIEST_YEAR <= instant.year < LATEST_YEAR


def parse_day(text: str) -> date:
    """Read a day (``2025-07-23``) that somebody can mean; anything else: `NotADay`.

    The first day of the calendar begins, east of Greenwich, before all instants.
    """
    try:
        day = date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None or not EARLIEST_YEAR <= day.year < LATEST_YEAR:
        raise NotADay(text[:64])
    return day


def has_offset(text: str) -> bool:
    """Tell whether an RFC 3339 text says its own offset from UTC."""
    match = _RFC3339.fullmatch(text)
    return match is not None and match[1] is not None


def format_instant(instant: datetime) -> str:
    """Write an instant as RFC 3339 in UTC, with microseconds only where there are any."""
    utc = instant if instant.tzinfo is UTC else instant.astimezone(UTC)
    return f"{utc.isoformat()[:-6]}Z"  # all but the offset, which is always +00:00


def parse_span(text: str) -> timedelta:
    """Read a span of elapsed time (``90s``, ``20m``, ``2h``, ``3d``); anything else: `NotASpan`."""
    match = _SPAN.fullmatch(text)
    if match is None:
        raise NotASpan(text[:64])
    return int(match[1]) * _UNIT[match[2]]


def format_span(span: timedelta) -> str:
    """Write a span in its largest whole unit, as `parse_span` reads it (whole seconds)."""
    seconds = int(span.total_seconds())
    for unit in ("d", "h", "m"):
        size = int(_UNIT[unit].total_seconds())
        if seconds and seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def parse_wall(text: str) -> time:
    """Read a wall time (``07:00``, ``23:59``); anything else, an offset too: `NotAWallTime`."""
    match = _WALL.fullmatch(text)
    if match is None:
        raise NotAWallTime(text[:64])
    return time(int(match[1]), int(match[2]))


def microseconds(instant: datetime) -> int:
    """Microseconds since 1970-01-01T00:00:00Z, exact."""
    since = instant - EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def from_microseconds(number: int) -> datetime:
    """The instant that lies ``number`` microseconds after 1970-01-01T00:00:00Z."""
    return EPOCH + timedelta(microseconds=number)


@lru_cache(maxsize=64)
def zone_named(name: str) -> ZoneInfo:
    """The IANA zone of that name; an unknown one: ValueError that names it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(
            f"no time zone is named {name[:64]!r}; expected an IANA name such as Asia/Shanghai"
        ) from error


def local(instant: datetime, zone: ZoneInfo) -> datetime:
    """The wall-clock reading of an instant in a zone."""
    return instant.astimezone(zone)


@lru_cache(maxsize=4096)
def utc_of_local(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """The instant at which a wall clock shows ``wall`` on ``day``.

    A wall time that does not exist is the first instant after the gap; one that exists twice is the first.
    """
    first = datetime.combine(day, wall.replace(tzinfo=None, fold=0), tzinfo=zone)
    instant = first.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == first.replace(tzinfo=None):
        return instant
    # The reading lies in a gap: fold 0 uses the offset before it and so lands after it, fold 1 the one after
    # it and
    # so lands before it. The gap's end lies between the two; find the instant at which the offset changes.
    low = first.replace(fold=1).astimezone(UTC)
    high = instant
    before = low.astimezone(zone).utcoffset()
    while high - low > timedelta(microseconds=1):
        middle = low + (high - low) // 2
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high


def start_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which a local day begins."""
    return utc_of_local(day, time(0, 0), zone)
