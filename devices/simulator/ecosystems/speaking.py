"""What an ecosystem has to know: how a saying becomes a message, and what an answer of the house means.

All of it is pure: no wire, no clock. It says a thing as the ecosystem's devices do, with what they cannot say
left out, and never says more than the saying.
"""

from dataclasses import dataclass
from typing import Protocol

from devices.simulator.acts import Saying


@dataclass(frozen=True, slots=True)
class Message:
    """Something for the broker, at QoS 1."""

    topic: str
    payload: bytes
    retain: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """The house says what became of the message with that id: stored, duplicate, quarantined."""

    id: str
    result: str


@dataclass(frozen=True, slots=True)
class Reassurance:
    """The house tells a device what to say to the elder: heard, coming, arrived, over."""

    state: str


class CannotSay(Exception):
    """A device of that ecosystem has no words for such an event; the scenario's writer can choose another."""


class Ecosystem(Protocol):
    """One maker's world. ``device`` is always the name under which it is registered (``external_id``)."""

    @property
    def name(self) -> str:
        """As the register spells it (``ecosystem`` of a device)."""
        ...

    @property
    def is_understood(self) -> bool:
        """Whether the service reads it. A scenario with devices of one that it does not is refused."""
        ...

    def messages(self, device: str, saying: Saying) -> list[Message]:
        """What the device publishes, in order. Raises `CannotSay` where it has no words for it."""
        ...

    def presence(self, device: str, *, is_online: bool) -> Message:
        """What the broker holds of its being there; offline is its last will."""
        ...

    def hears_on(self, device: str) -> tuple[str, ...]:
        """Topics on which the house answers; none where it cannot."""
        ...

    def heard(self, topic: str, payload: bytes) -> Receipt | Reassurance | None:
        """What came on one of those topics; None for what says nothing to a device."""
        ...
