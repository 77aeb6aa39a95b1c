"""Nights: what `drift` measures of one, and from when to when a night is one.

A night belongs to the local day on which it ends and is judged at that day's noon. Lengths are elapsed time,
so that a night in which the clock is moved is an hour longer or shorter. Nothing here knows who slept.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from services.domain.instants import local, utc_of_local

_DAY = timedelta(days=1)
_BEGINS, _JUDGED = time(18, 0), time(12, 0)
"""Where the time in bed begins to be measured, and where it ends and is judged (docs/rulebooks.md)."""
_DARK, _DAWN = time(22, 0), time(6, 0)
"""Between which wall times an exit is one of the night (docs/rulebooks.md, `drift`)."""

NIGHT_SETTLE_FOR = timedelta(seconds=60)
"""How long the bed must be left for an exit of the night (docs/rulebooks.md, `drift`)."""
LEAST_KNOWN = 14
"""How many known nights a comparison needs (docs/rulebooks.md, `drift`)."""


class Figure(StrEnum):
    """What is measured of each night."""

    NIGHT_EXITS = "night.exits"
    """How often the bed was left for 60 s or more."""
    BED_TIME = "bed.time"
    """How many minutes were spent in bed."""

    @property
    def kind(self) -> str:
        """The kind of event that it is about."""
        return "bed.exited" if self is Figure.NIGHT_EXITS else "bed.entered"

    @property
    def floor(self) -> int:
        """The least spread of ordinary nights, in exits or minutes: who never gets up is not ill for getting
        up once (docs/rulebooks.md, `drift`).
        """
        return 1 if self is Figure.NIGHT_EXITS else 45

    @property
    def most(self) -> int:
        """What no night exceeds, in exits (one settled change a minute) or minutes; one in which the clock is
        put back is an hour longer.
        """
        return 9 * 30 if self is Figure.NIGHT_EXITS else 19 * 60


def noon(day: date, zone: ZoneInfo) -> datetime:
    """When the night that ends on a day is judged."""
    return utc_of_local(day, _JUDGED, zone)


def begins_at(day: date, zone: ZoneInfo) -> datetime:
    """Where the night that ends on a day begins to be measured; it ends at noon."""
    return utc_of_local(day - _DAY, _BEGINS, zone)


def dark_hours(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The hours [22:00, 06:00) that end on a day."""
    return utc_of_local(day - _DAY, _DARK, zone), utc_of_local(day, _DAWN, zone)


def night_of(instant: datetime, zone: ZoneInfo) -> date | None:
    """The day on which the night ends in which an instant lies; None between noon and evening."""
    shown = local(instant, zone)
    if shown.time() >= _BEGINS:
        return shown.date() + _DAY
    return shown.date() if shown.time() < _JUDGED else None
