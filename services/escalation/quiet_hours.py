"""Quiet hours: until when a message has to wait that wakes nobody.

A high alert and an alarm kind never ask here; the caller sees to that by `is_urgent`.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.domain.instants import local, utc_of_local
from services.escalation.policies import Quiet


def quiet_until(instant: datetime, quiet: Quiet, zone: ZoneInfo) -> datetime | None:
    """When the quiet hours end that ``instant`` lies in; None outside them. Half-open: [from, until)."""
    wall = local(instant, zone).time()
    if quiet.from_ <= quiet.until:
        inside = quiet.from_ <= wall < quiet.until
    else:
        inside = wall >= quiet.from_ or wall < quiet.until
    return next_local(instant, quiet.until, zone) if inside else None


def next_local(instant: datetime, wall: time, zone: ZoneInfo) -> datetime:
    """The first instant at or after ``instant`` at which a wall clock in ``zone`` shows ``wall``."""
    day = local(instant, zone).date()
    today = utc_of_local(day, wall, zone)
    return today if today >= instant else utc_of_local(day + timedelta(days=1), wall, zone)
