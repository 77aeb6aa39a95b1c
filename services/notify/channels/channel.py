"""A channel: one way to reach a person, and how it says what became of a message.

Contract: `send` is called after the Attempt's row was written, from any thread, one call a message. It
answers within its time-out, never raises for what the other side does, and answers `delivered` only if
the other side confirmed in its own words. The same notice may be sent twice, with the same id, after a
crash: nobody knows then whether it arrived.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from services.domain.notices import AttemptResult, Notice
from services.domain.people import ChannelKind
from services.escalation.text import Message


@dataclass(frozen=True, slots=True)
class Sending:
    """One message on its way: the notice it is made of, its words, and the instant of the attempt."""

    notice: Notice
    message: Message
    at: datetime


@dataclass(frozen=True, slots=True)
class ChannelOutcome:
    """How a send ended. ``may_pass`` says that the same send might go better later, ``wait_for`` for how long
    the other side wants to be left alone before; ``reference`` is what its receipts will call the message.
    """

    result: AttemptResult
    status: str | None = None
    detail: str | None = None
    may_pass: bool = False
    wait_for: timedelta | None = None
    reference: str | None = None


class Channel(Protocol):
    """One way to reach a person."""

    def send(self, address: str, sending: Sending) -> ChannelOutcome:
        """Try to reach ``address``; see the contract above."""
        ...


Channels = Mapping[ChannelKind, Channel]
"""The channels of this installation; a kind that is not in it is refused with a reason."""

MOST_DETAIL = 200
"""Characters that are kept of what the other side said."""


def refused(status: str, detail: str = "", *, may_pass: bool = False) -> ChannelOutcome:
    """An outcome that reached nobody."""
    return ChannelOutcome(AttemptResult.REFUSED, status, detail[:MOST_DETAIL] or None, may_pass)


def timed_out(detail: str = "") -> ChannelOutcome:
    """An outcome that nobody waited for any longer."""
    return ChannelOutcome(AttemptResult.TIMED_OUT, None, detail[:MOST_DETAIL] or None, may_pass=True)
