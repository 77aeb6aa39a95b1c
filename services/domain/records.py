"""Records: what the house keeps about itself: quarantine, audit, remembered answers, revisions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class QuarantineReason(StrEnum):
    """Why a message could not be taken as an event."""

    UNDECODABLE = "undecodable"
    OVERSIZED = "oversized"
    UNKNOWN_KIND = "unknown_kind"
    UNKNOWN_DEVICE = "unknown_device"
    UNKNOWN_TOPIC = "unknown_topic"
    IMPOSSIBLE_VALUE = "impossible_value"
    RETIRED_DEVICE = "retired_device"
    KIND_NOT_FROM_DEVICES = "kind_not_from_devices"
    FLOODING = "flooding"
    """Telemetry beyond a device's rate limit: a note of how much was passed over, without the bytes."""


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A message that was set aside, with its bytes (cut at 64 KiB) and how often it came."""

    id: str
    topic: str
    payload: bytes
    reason: QuarantineReason
    detail: str
    first_at: datetime
    last_at: datetime
    retained: bool = False
    size: int = 0
    external_id: str | None = None
    count: int = 1
    reads_as_press: bool = False
    replayed_at: datetime | None = None
    number: int = 0


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Somebody did something to something."""

    id: str
    at: datetime
    actor: str
    role: str
    action: str
    object_kind: str
    object_id: str
    detail: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class RememberedAnswer:
    """What was answered to a request with an Idempotency-Key; ``key`` holds actor, method, path and the key
    itself.
    """

    key: str
    request_hash: str
    status: int
    body: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RulebookRevision:
    """A rulebook as it was active from ``active_since`` on. An empty ``text`` says that it was taken away."""

    rulebook: str
    revision: int
    content_hash: str
    text: str
    active_since: datetime
    author: str | None = None
    """Who put it in force; None: whoever saved the file."""
    reason: str | None = None
    restores: int | None = None
    """The revision that it rolls back to."""


@dataclass(frozen=True, slots=True)
class FileMark:
    """What a file in the folder of rulebooks held when it was last in step with the store."""

    rulebook: str
    revision: int
    content_hash: str


@dataclass(frozen=True, slots=True)
class StandingFault:
    """Something that is wrong with the rulebooks now, as the process sees it that runs the rules.

    ``is_unavailable`` = the ``rule`` does not work; otherwise a text was refused and what was before goes on.
    """

    rulebook: str | None
    file: str | None
    rule: str | None
    field: str
    found: str
    expected: str
    since: datetime
    nearest: str | None = None
    is_unavailable: bool = False
