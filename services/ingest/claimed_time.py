"""What to make of a device's claim of when something happened.

A claim is believed from 7 days before to 2 min after the message was received; else the time of receiving
stands in its place, and the event is marked. A press is never refused for its time.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from services.domain.events import Mark
from services.domain.instants import NotAnInstant, has_offset, parse_instant
from services.domain.values import value

BELIEVED_BEFORE = timedelta(days=7)
BELIEVED_AFTER = timedelta(minutes=2)


@value(frozen=True, slots=True)
class ClaimedTime:
    """When it happened as far as the house goes by it. ``instant`` is the claim itself, believed or not; None
    for none that can be read.
    """

    occurred_at: datetime
    instant: datetime | None = None
    marks: tuple[Mark, ...] = ()

    @property
    def is_replaced(self) -> bool:
        return Mark.TIME_REPLACED in self.marks


def judged(claim: str | None, received_at: datetime, zone: Callable[[], ZoneInfo]) -> ClaimedTime:
    """Judge a claim; ``zone`` is asked only for one that names no offset."""
    if claim is None:
        return ClaimedTime(received_at)
    instant, marks = _read(claim, zone)
    if instant is None:
        return ClaimedTime(received_at, None, (Mark.TIME_REPLACED,))
    if received_at - BELIEVED_BEFORE <= instant <= received_at + BELIEVED_AFTER:
        return ClaimedTime(instant, instant, marks)
    return ClaimedTime(received_at, instant, (*marks, Mark.TIME_REPLACED))


def _read(claim: str, zone: Callable[[], ZoneInfo]) -> tuple[datetime | None, tuple[Mark, ...]]:
    try:
        return parse_instant(claim), ()
    except NotAnInstant:
        if has_offset(claim):
            return None, ()
    try:
        return parse_instant(claim, zone()), (Mark.TIME_WITHOUT_OFFSET,)
    except NotAnInstant:
        return None, ()
