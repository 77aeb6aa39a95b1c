"""What a decoder says about a message: observed, a state, nothing to take in, or not to be read.

These are claims of a device. Which registered device it is, whether its clock can be believed and whether it
said so before is decided later and elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from services.domain.events import Json
from services.domain.records import QuarantineReason
from services.domain.values import value


class IgnoredReason(StrEnum):
    """Why a message is no news, and rightly so."""

    OWN_ECHO = "own_echo"
    CLEARED = "cleared"
    """An empty retained message: it takes back an earlier one at the broker."""
    RETAINED_COPY = "retained_copy"
    RETAINED_PRESS_KNOWN = "retained_press_known"
    RETAINED_PRESS_TOO_OLD = "retained_press_too_old"
    STATE_UNCHANGED = "state_unchanged"
    PASSED_OVER = "passed_over"
    """Telemetry beyond the device's rate limit."""


@value(frozen=True, slots=True)
class Observation:
    """Something happened, as the device says.

    ``claim`` is its own time as it wrote it. ``fault`` is what could not be read of an alarm, which is taken
    in all the same: the message is kept in quarantine beside the event.
    """

    kind: str
    data: Mapping[str, Json] = field(default_factory=dict)
    own_id: str | None = None
    claim: str | None = None
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Presence:
    """The device, or the broker in its name, says whether it is there."""

    is_online: bool
    own_id: str | None = None


@dataclass(frozen=True, slots=True)
class Ignored:
    """Nothing to take in."""

    reason: IgnoredReason


@dataclass(frozen=True, slots=True)
class Refused:
    """It cannot be read; ``own_id`` where that much could be, so that the device hears of it."""

    reason: QuarantineReason
    detail: str
    own_id: str | None = None


Decoded = Observation | Presence | Ignored | Refused
