"""Presses of unknown origin: what reads as an alarm and belongs to no device is told to the duty desk.

At most one a topic in 10 min is told; each is counted in quarantine. It must err to the side of telling.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from services.domain.events import Event, Mark, Origin
from services.domain.identity import derived_id
from services.domain.instants import microseconds
from services.domain.kinds import ALARM_KINDS
from services.ingest.messages import Message

ONE_IN = timedelta(minutes=10)
MOST_TOPIC = 200
"""Characters of the topic that the event tells."""
_PRESS = "call_button.pressed"


class UnknownOrigins:
    """Which presses of unknown origin are told."""

    def __init__(self) -> None:
        self._told: dict[tuple[str, str], datetime] = {}

    def press(self, message: Message, kind: str, reason: str, device_id: str | None = None) -> Event | None:
        """The event that tells the duty desk; None if this topic was told of within 10 min.

        ``device_id`` is whose topic it came on: who called is not known, which button is.
        """
        kind = kind if kind in ALARM_KINDS else _PRESS
        told_at = self._told.get((message.topic, kind))
        if told_at is not None and timedelta() <= message.received_at - told_at < ONE_IN:
            return None
        key = _key(message, kind)
        return Event(
            id=key,
            kind=kind,
            occurred_at=message.received_at,
            received_at=message.received_at,
            origin=Origin.HOUSE,
            device_id=device_id,
            data={"topic": message.topic[:MOST_TOPIC], "unknown_origin": True, "reason": reason},
            marks=(Mark.UNCONFIRMED,) if message.retained else (),
            dedupe_key=key,
        )

    def told(self, message: Message, event: Event) -> None:
        """The event is stored."""
        self._told[message.topic, event.kind] = event.received_at
        self._told = {key: at for key, at in self._told.items() if abs(event.received_at - at) < ONE_IN}


def _key(message: Message, kind: str) -> str:
    """By topic and 10-minute window; a retained message is told once for as long as it stays the same."""
    if message.retained:
        return derived_id("evt", "unknown-origin-retained", message.topic, kind, message.payload.hex())
    window = microseconds(message.received_at) // microseconds_of(ONE_IN)
    return derived_id("evt", "unknown-origin", message.topic, kind, window)


def microseconds_of(span: timedelta) -> int:
    return span // timedelta(microseconds=1)
