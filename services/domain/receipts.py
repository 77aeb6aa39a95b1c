"""Receipts: what a carrier says afterwards of a message that it had taken, as the rooms hand it on.

A receipt names an attempt by what its carrier calls the message, or by the id of the notice. It says
nothing about a person: who has a message on their telephone has not read it, and only who accepts stops an
escalation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from services.domain.notices import ReceiptResult
from services.domain.people import ChannelKind


@dataclass(frozen=True, slots=True)
class Receipt:
    """One message that reached its telephone, or did not. At least one of the two names is there; ``at`` is
    the instant that the carrier names.
    """

    result: ReceiptResult
    reference: str | None = None
    notice_id: str | None = None
    at: datetime | None = None
    detail: str | None = None

    @property
    def name(self) -> str:
        """What whoever brought it calls it."""
        return self.reference or self.notice_id or ""


class Fate(StrEnum):
    """What became of a receipt."""

    STORED = "stored"
    DUPLICATE = "duplicate"
    UNKNOWN = "unknown"
    """No message with that name was sent over that channel."""


@dataclass(frozen=True, slots=True)
class Brought:
    """A request that brings receipts, as it came; names of headers in small letters."""

    channel: ChannelKind
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of what was brought, in its order; ``answer`` is what the carrier wants to read, if it
    wants anything of its own.
    """

    fates: Sequence[tuple[str, Fate]]
    answer: bytes | None = None


class NoReceipts(Exception):
    """Over this kind of channel nobody brings receipts here."""


class NotTheCarrier(Exception):
    """Neither the token nor the signature is that of this channel."""


class Unreadable(Exception):
    """What was brought is no receipt of this carrier; the words say what was expected."""


class ReceiptDoor(Protocol):
    """Where receipts come in."""

    def __call__(self, brought: Brought) -> Taken:
        """Store what is new in one transaction; brought twice it counts once, and one that nobody knows is
        said to be unknown. `NoReceipts`, `NotTheCarrier` and `Unreadable` before anything is stored.
        """
        ...
