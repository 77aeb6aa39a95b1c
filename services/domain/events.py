"""Events: what happened, in the one form in which it comes in at the door.

A press, a bed exit, a silent device, a visit done and a resident enrolled are all Events; the rules engine
has no other input. An Event is never changed: a mistake is taken back by a later `event.retracted`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from enum import StrEnum
from typing import Any

from services.domain.values import value

Json = Any
"""A value as JSON has them: None, bool, int, float, str, list or dict of these."""


class Origin(StrEnum):
    """Who brought an event."""

    DEVICE = "device"
    PERSON = "person"
    HOUSE = "house"


class Mark(StrEnum):
    """What was noticed about an event when it came in."""

    TIME_REPLACED = "time_replaced"
    TIME_WITHOUT_OFFSET = "time_without_offset"
    ID_REUSED = "id_reused"
    UNCONFIRMED = "unconfirmed"
    TOLD_WITHOUT_STORE = "told_without_store"
    IN_TEST_WINDOW = "in_test_window"
    """A press inside a test window of its device; its Alert says whether it was taken as a test."""
    REPLAYED = "replayed"
    """Taken in again from quarantine: the event counts, and is no sign of life now."""


@value(frozen=True, slots=True)
class Event:
    """Something that happened.

    ``seq`` is the order of storing (0 until stored), ``occurred_at`` the claim that was accepted,
    ``received_at`` when the house learned of it. ``dedupe_key`` is unique in the store: a second event with
    the same key is the same event.
    """

    id: str
    kind: str
    occurred_at: datetime
    received_at: datetime
    origin: Origin
    resident_id: str | None = None
    device_id: str | None = None
    home_id: str | None = None
    data: Mapping[str, Json] = field(default_factory=dict)
    device_event_id: str | None = None
    recorded_by: str | None = None
    time_replaced: bool = False
    marks: tuple[Mark, ...] = ()
    dedupe_key: str = ""
    synthetic: bool = False
    seq: int = 0
