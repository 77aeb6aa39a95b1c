"""Messages as they come from the broker, before anybody has read them.

A message is held until what came of it is stored; then it is acknowledged through where it came from. Nothing
here looks into the bytes unasked, but for one cheap search that lets presses go ahead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import count
from typing import Any, Protocol

from pydantic_core import from_json

from services.domain.kinds import ALARM_KINDS
from services.domain.wire import MAX_PAYLOAD

_ALARM_WORDS = tuple(sorted(kind.encode() for kind in ALARM_KINDS))
_ALARM_ENDS = tuple(sorted({word[word.index(b".") :] for word in _ALARM_WORDS}))
"""What most messages hold none of, so that the whole words are looked for in few."""
_numbers = count(1)
_UNREAD = object()


class Lane(StrEnum):
    """Presses never stand in line behind telemetry."""

    ALARMS = "alarms"
    REST = "rest"


def names_an_alarm(payload: bytes) -> bool:
    """Whether the name of an alarm kind stands anywhere in the bytes."""
    for end in _ALARM_ENDS:
        if end in payload:
            return any(word in payload for word in _ALARM_WORDS)
    return False


@dataclass(slots=True, eq=False)
class Message:
    """One message of the broker.

    ``payload`` is cut at 64 KiB, ``size`` says how long it was. ``packet`` is the session's own note of how
    to acknowledge it; None where nothing waits for that (QoS 0, a replay). ``first_received_at`` is set on a
    replay from quarantine: when the message came in truth.
    """

    topic: str
    payload: bytes
    received_at: datetime
    retained: bool = False
    size: int = -1
    names_alarm: bool = False
    lane: Lane = Lane.REST
    first_received_at: datetime | None = None
    packet: Packet | None = field(default=None, repr=False)
    number: int = field(default_factory=lambda: next(_numbers))
    """Tells it from every other message of this process."""
    _json: Any = field(default=_UNREAD, init=False, repr=False)

    def __post_init__(self) -> None:
        if self.size < 0:
            self.size = len(self.payload)
            self.names_alarm = names_an_alarm(self.payload)
            self.payload = self.payload[:MAX_PAYLOAD]

    def json(self) -> Any:
        """What the bytes say as JSON, read once however often it is asked for, so nobody may change it;
        ValueError where they are none.
        """
        if self._json is _UNREAD:
            self._json = from_json(self.payload)
        return self._json


@dataclass(slots=True, eq=False)
class Packet:
    """Which packet of which connection a message came in; only its session reads and writes it."""

    session: Acknowledges
    number: int
    connection: int
    is_done: bool = False


class Acknowledges(Protocol):
    """Where a message came from."""

    def done(self, messages: Sequence[Message]) -> None:
        """Acknowledge these messages, all of which came from here."""
        ...


class Inbox(Protocol):
    """What ingest takes messages from."""

    def take(self, limit: int) -> list[Message]:
        """Up to ``limit`` messages that are there now, alarms first; never waits."""
        ...

    def give_back(self, messages: list[Message]) -> None:
        """These could not be stored now; they come first at the next `take`, in this order, behind alarms."""
        ...

    def done(self, messages: list[Message]) -> None:
        """What came of these is stored: acknowledge them."""
        ...
