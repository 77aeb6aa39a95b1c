"""Signs: events as rules see them, after the rules of time, of beds and of settling have been applied.

Decides by which instant an event is judged and whether a replaced time lets it count. It never changes the
event.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from services.domain.events import Event, Json, Origin
from services.domain.kinds import ALARM_KINDS, KINDS

OLDEST_CLAIM = timedelta(days=7)
"""How far before its reception a device's claim may lie."""
NEWEST_CLAIM = timedelta(minutes=2)
"""How far after its reception a device's claim may lie."""
OLDEST_RECORD = timedelta(days=400)
"""How far back what a person records may lie; never ahead."""


@dataclass(frozen=True, slots=True)
class Sign:
    """Something a rule may look at. ``at`` is the instant by which it is judged."""

    kind: str
    at: datetime
    seq: int
    received_at: datetime
    event_id: str
    device_id: str | None = None
    data: Mapping[str, Json] = field(default_factory=dict)

    @property
    def order(self) -> tuple[datetime, int]:
        """What *later* and *newest* compare."""
        return (self.at, self.seq)


def sign_of(event: Event) -> Sign:
    """The event as a sign. Alarm kinds are always judged by when they were received."""
    claim_counts = event.kind not in ALARM_KINDS and not is_replaced(event)
    return Sign(
        kind=event.kind,
        at=event.occurred_at if claim_counts else event.received_at,
        seq=event.seq,
        received_at=event.received_at,
        event_id=event.id,
        device_id=event.device_id,
        data=event.data,
    )


def is_replaced(event: Event) -> bool:
    """Whether the claimed time cannot be true, so that the time of reception takes its place."""
    if event.time_replaced:
        return True
    origins = KINDS[event.kind].origins if event.kind in KINDS else frozenset()
    ahead = event.occurred_at - event.received_at
    if Origin.DEVICE in origins:
        return not -OLDEST_CLAIM <= ahead <= NEWEST_CLAIM
    if Origin.PERSON in origins:
        return not -OLDEST_RECORD <= ahead <= timedelta(0)
    return False
