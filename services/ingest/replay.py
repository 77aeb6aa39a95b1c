"""Replaying a message from quarantine, once its decoder, its kind or its registration was mended.

The house learns of it now, so `received_at` is now; a message without a time of its own happened when it came
in. A replay that fails leaves the entry as it was and tells nobody; one that works is no sign of life.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import count
from zoneinfo import ZoneInfo

from services.domain.events import Event
from services.domain.ports import Clock, Store, Topic
from services.domain.records import Quarantined, QuarantineReason
from services.domain.wire import MAX_PAYLOAD
from services.ingest.flooding import FloodGate, RateLimit
from services.ingest.intake import MOST_TOPIC, Intake
from services.ingest.messages import Message
from services.ingest.unknown_origin import UnknownOrigins


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came of a replay: the event, new or stored before; else why there is none."""

    event: Event | None
    is_new: bool = False
    reason: str = ""


def replay(entry: Quarantined, store: Store, clock: Clock, zone: ZoneInfo) -> Replayed:
    """Take a quarantined message in again. `StoreUnavailable` if nothing can be stored now."""
    impossible = _cannot_be_replayed(entry)
    if impossible:
        return Replayed(None, reason=impossible)
    now = clock.now()
    message = Message(
        entry.topic, entry.payload, now, retained=entry.retained, first_received_at=entry.last_at
    )
    with store.writing() as unit:
        numbers = count(1)
        intake = Intake(unit, zone, FloodGate(RateLimit()), UnknownOrigins(), lambda: next(numbers))
        [taken] = intake.take_in([message])
        if not taken.events:
            detail = taken.set_aside.detail if taken.set_aside else ""
            return Replayed(
                None, reason=detail or (taken.ignored.value if taken.ignored else "nothing was said")
            )
        stored = unit.events.append(taken.events)
        unit.quarantine.save(replace(entry, replayed_at=now))
        if any(each.is_new for each in stored):
            unit.wake_after(Topic.EVENTS)
    return Replayed(stored[0].event, is_new=stored[0].is_new)


def _cannot_be_replayed(entry: Quarantined) -> str:
    if entry.reason is QuarantineReason.FLOODING:
        return "this is a note about a device that floods, not a message"
    if entry.size > MAX_PAYLOAD:
        return f"only the first {MAX_PAYLOAD} of its {entry.size} bytes were kept"
    if len(entry.topic) >= MOST_TOPIC:
        return f"only the first {MOST_TOPIC} characters of its topic were kept"
    return ""
