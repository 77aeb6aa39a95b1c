"""How a life says when and for how long: a wall time, so many days later, or on a date; `20m`, `9h`, `2d`."""

import re
from dataclasses import dataclass
from datetime import date, time, timedelta

_MOMENT = re.compile(
    r"(?:\+([1-9]\d{0,3}) days? |(\d{4}-\d\d-\d\d) )?([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?", re.ASCII
)
_SPAN = re.compile(r"(\d{1,6})([smhd])", re.ASCII)
_UNIT = {"s": 1, "m": 60, "h": 3600, "d": 86400}


@dataclass(frozen=True, slots=True)
class Moment:
    """A wall time as it is written: on the first day, ``days_later`` than it, or on a ``day`` of its own."""

    wall: time
    days_later: int = 0
    day: date | None = None


def read_moment(text: str) -> Moment:
    """The moment that a text says; ValueError if it says none."""
    match = _MOMENT.fullmatch(text)
    if match is None:
        raise ValueError('expected a local time such as "22:40", "+1 day 06:10" or "2025-07-23 02:13:05"')
    days, day, hour, minute, second = match.groups()
    wall = time(int(hour), int(minute), int(second or 0))
    return Moment(wall, int(days or 0), date.fromisoformat(day) if day else None)


def read_span(text: str) -> timedelta:
    """The span that a text says; ValueError if it says none."""
    match = _SPAN.fullmatch(text)
    if match is None:
        raise ValueError("expected a span of time such as 40s, 20m, 9h or 2d")
    return timedelta(seconds=int(match[1]) * _UNIT[match[2]])
