"""Connection: the times in which nobody listened at the broker, which count for no silence.

Made from the house's own facts alone, in the order of storing. In a replay there are none.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from services.domain.events import Event
from services.domain.kinds import HOUSE_DISCONNECTED

Gap = tuple[datetime, datetime | None]
"""Not connected in [since, until); None = still not."""

MOST_KEPT = 200
"""Gaps that are remembered, the newest; one that is older than so many others lies before any silence that is
still counted.
"""


def after(gaps: Sequence[Gap], event: Event) -> tuple[Gap, ...]:
    """The gaps, ascending, after `house.disconnected` or `house.connected`."""
    is_open = bool(gaps) and gaps[-1][1] is None
    if event.kind == HOUSE_DISCONNECTED:
        return tuple(gaps) if is_open else (*gaps[-MOST_KEPT + 1 :], (event.occurred_at, None))
    if not is_open:
        return tuple(gaps)
    return (*gaps[:-1], (gaps[-1][0], max(event.occurred_at, gaps[-1][0])))


def end_of(start: datetime, length: timedelta, gaps: Sequence[Gap]) -> datetime | None:
    """When so much connected time has gone by since ``start``; None while that waits for a connection."""
    at, left = start, length
    for since, until in gaps:
        if until is not None and until <= at:
            continue
        if at + left <= since:
            break
        left -= max(since - at, timedelta(0))
        if until is None:
            return None
        at = until
    return at + left
