"""What a wall clock shows, as instants in UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_FINEST = timedelta(microseconds=1)


def instant_of(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """The instant at which a wall clock shows ``wall`` on ``day``.

    A wall time that does not exist is the first instant after the gap; one that exists twice is the first.
    The services reckon alike (`services.domain.instants.utc_of_local`); a test holds the two together.
    """
    shown = datetime.combine(day, wall)
    instant = shown.replace(tzinfo=zone).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == shown:
        return instant
    # In a gap the offset before it leads behind the gap and the one after it in front of it: its end is
    # where the offset changes, between the two.
    before, after = shown.replace(tzinfo=zone, fold=1).astimezone(UTC), instant
    offset = before.astimezone(zone).utcoffset()
    while after - before > _FINEST:
        middle = before + (after - before) // 2
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after
