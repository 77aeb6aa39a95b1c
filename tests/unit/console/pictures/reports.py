"""Reports of invented beds, by the minute of one evening."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import count

from services.domain.events import Event, Json, Origin

EVENING = datetime(2025, 7, 22, 12, 0, tzinfo=UTC)
"""20:00 in Shanghai."""
MINUTE = timedelta(minutes=1)
_numbers = count(1)


def at(minutes: float) -> datetime:
    return EVENING + minutes * MINUTE


def report(
    kind: str,
    minutes: float,
    device: str | None = "mat",
    event_id: str | None = None,
    data: Mapping[str, Json] | None = None,
) -> Event:
    """One report, stored after all that were made before it."""
    seq = next(_numbers)
    return Event(
        id=event_id or f"evt-{seq}",
        kind=kind,
        occurred_at=at(minutes),
        received_at=at(minutes),
        origin=Origin.DEVICE if device else Origin.PERSON,
        resident_id="yangzom",
        device_id=device,
        data=dict(data or {}),
        seq=seq,
    )
