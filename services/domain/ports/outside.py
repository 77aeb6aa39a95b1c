"""What the rooms ask of the world around them: the present, the broker, being woken; and how a store can say
no.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol


class Conflict(Exception):
    """Somebody else changed the row since it was read; read again and decide again."""


class AlreadyThere(Exception):
    """A row with the same unique key is stored; ``field`` names the key, e.g. ``external_id``."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class StoreUnavailable(Exception):
    """The store cannot be written or read now (locked for too long, full disk, server gone). Nothing was
    committed.
    """


class Clock(Protocol):
    """The one source of the present."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...


class Topic(StrEnum):
    """What a commit may wake."""

    EVENTS = "events"
    FINDINGS = "findings"
    NOTICES = "notices"
    ALERTS = "alerts"


class Signals(Protocol):
    """Wakes whoever waits for a topic. Losing a wake is harmless: a poll each second is the truth."""

    def wake(self, topic: Topic) -> None:
        """Wake the waiters of ``topic``; never blocks."""
        ...


class Publisher(Protocol):
    """Publishes to the broker."""

    def publish(self, topic: str, payload: bytes, *, is_asked_again: bool = False) -> None:
        """Hand a message, not retained, to the broker's connection; `BrokerUnavailable` when there is none.

        At QoS 1; at QoS 0 where ``is_asked_again``: whoever waits for it asks until it hears it.
        """
        ...


class Outgoing(NamedTuple):
    """A message to be published as `Publisher.publish` says it."""

    topic: str
    payload: bytes
    is_asked_again: bool = False


class Answering(Publisher, Protocol):
    """Publishes what devices hear of their messages as well, which is as many as they send."""

    def publish_all(self, messages: Sequence[Outgoing]) -> None:
        """Publish several at one go, in their order."""
        ...


class BrokerUnavailable(Exception):
    """There is no connection to the broker now."""
