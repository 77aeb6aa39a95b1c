"""Signs: events as rules see them, after the rules of time, of beds and of settling have been applied.

Decides by which instant an event is judged and whether a replaced time lets it count. It never changes the
event.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime, timedelta

from services.domain.events import Event, Json, Origin
from services.domain.kinds import ALARM_KINDS, KINDS
from services.domain.values import value

OLDEST_CLAIM = timedelta(days=7)
"""How far before its reception a device's claim may lie."""
NEWEST_CLAIM = timedelta(minutes=2)
"""How far after its reception a device's claim may lie."""
OLDEST_RECORD = timedelta(days=400)
"""How far back what a person records may lie; never ahead."""

_CLAIMS = {
    kind: (-OLDEST_CLAIM, NEWEST_CLAIM) if Origin.DEVICE in info.origins else (-OLDEST_RECORD, timedelta(0))
    for kind, info in KINDS.items()
    if info.origins & {Origin.DEVICE, Origin.PERSON}
}
"""How far from its reception a claim may lie, by kind; what the house says of itself is never doubted."""


@value(frozen=True, slots=True)
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
    kind, received_at = event.kind, event.received_at
    claim_counts = kind not in ALARM_KINDS and not is_replaced(event)
    at = event.occurred_at if claim_counts else received_at
    return Sign(kind, at, event.seq, received_at, event.id, event.device_id, event.data)


def is_replaced(event: Event) -> bool:
    """Whether the claimed time cannot be true, so that the time of reception takes its place."""
    if event.time_replaced:
        return True
    span = _CLAIMS.get(event.kind)
    return span is not None and not span[0] <= event.occurred_at - event.received_at <= span[1]
