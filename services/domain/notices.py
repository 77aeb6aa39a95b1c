"""Notices and Attempts: whom the house tells, whom not and why, and each recorded try to reach somebody.

The only way out of the house. An Attempt's row is written before its send; a row without an end after its
lease means that nobody knows whether it arrived, and the notice is sent again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from services.domain.findings import Severity
from services.domain.people import Channel, ChannelKind, Language


class NoticeKind(StrEnum):
    """What a notice says."""

    ALERT = "alert"
    JOINED = "joined"
    STAND_DOWN = "stand_down"
    HANDOVER = "handover"
    TEST = "test"
    SILENCE = "silence"
    """About a silence or an absence: it ends soon, or has ended by itself. ``alert_id`` names that."""
    ANSWER = "answer"
    """What became of what somebody replied, told to them alone."""


PAGES = frozenset({NoticeKind.ALERT, NoticeKind.JOINED})
"""Notices that ask somebody to come; that it is over, or who has it, is no page."""


class NoticeState(StrEnum):
    """Where a notice is on its way."""

    DUE = "due"
    SENT = "sent"
    FAILED = "failed"
    NOT_SENT = "not_sent"


class NoticeReason(StrEnum):
    """Why a notice was made, was not sent, or ended as it did. Every non-event has one."""

    STEP = "step"
    REMINDER = "reminder"
    JOINED = "joined"
    STAND_DOWN = "stand_down"
    HANDOVER = "handover"
    HANDOVER_UNANSWERED = "handover_unanswered"
    """Whoever was asked to take it over did not answer; told to its holder."""
    OVER_BY_ITSELF = "over_by_itself"
    LAST_RESORT = "last_resort"
    SILENCE_ENDS = "silence_ends"
    """A silence or an absence ends soon, or has ended by itself."""
    UNCONFIRMED = "unconfirmed"
    """Handed to a channel that cannot confirm that it reached the person."""
    EVERY_CHANNEL_FAILED = "every_channel_failed"
    ANSWER = "answer"
    """Somebody replied, and hears what became of it."""
    RECEIPT = "receipt"
    """Handed to a channel that could not confirm it then, and confirmed later by its carrier's receipt."""
    NOT_RECEIVED = "not_received"
    """Sent, and its carrier's receipt says that it never arrived: what is left is tried."""
    TOLD_WITHOUT_STORE = "told_without_store"
    """Told from memory while nothing could be stored, the duty desk out of turn; written down afterwards."""
    PATH_CHECK = "path_check"
    """The nightly test of a channel; nothing is to be done."""
    # Not told:
    DUPLICATE = "duplicate"
    TOLD_A_MOMENT_AGO = "told_a_moment_ago"
    BUNDLED = "bundled"
    """Found late with others, of all of which one notice tells the person."""
    ACCEPTED_ALREADY = "accepted_already"
    CLOSED_ALREADY = "closed_already"
    DECLINED = "declined"
    AWAY = "away"
    ON_LEAVE = "on_leave"
    """Of the house, and not there for it just now."""
    QUIET_HOURS = "quiet_hours"
    DIGEST = "digest"
    """Told with all else that can wait, in one message in the morning."""
    THROTTLED = "throttled"
    """Held back for a while, because too many messages went there; never a call for help."""
    OVERTAKEN = "overtaken"
    """A newer message about it, or a graver one, takes its place."""
    OWN_PRESS = "own_press"
    """The house pressed its own button: no person is ever told."""
    SILENCED = "silenced"
    """Somebody silenced the home, the device or this kind of alert; `text` says which silence."""
    CALLED_TOO_OFTEN = "called_too_often"
    """It says that they are called too often tonight, and so it does not call them as well."""
    NOBODY_ON_DUTY = "nobody_on_duty"
    NOT_ASSIGNED = "not_assigned"
    INACTIVE = "inactive"
    NO_CHANNEL = "no_channel"
    CHANNEL_REFUSED = "channel_refused"


CONTACT = "contact:"
"""What the key of an emergency contact begins with; their name follows."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who can be told, as looked up when a step is due.

    Exactly one of ``worker_id`` and ``contact`` is set; both None means the last resort of the installation.
    """

    name: str
    language: Language
    channels: tuple[Channel, ...]
    worker_id: str | None = None
    contact: str | None = None

    @property
    def key(self) -> str:
        """What tells one recipient from another."""
        return self.worker_id or (f"{CONTACT}{self.contact}" if self.contact else "last_resort")


@dataclass(frozen=True, slots=True)
class Notice:
    """What one person is to be told about one Alert, at one step.

    The id derives from (alert, run, step, round, person, kind, cause), so that a step met twice tells nobody
    twice.
    ``next_attempt_at`` is the deadline column of delivery; ``channels`` are the person's own at the time of
    the step.
    """

    id: str
    alert_id: str
    kind: NoticeKind
    reason: NoticeReason
    created_at: datetime
    severity: Severity
    language: Language
    recipient_name: str = ""
    worker_id: str | None = None
    contact: str | None = None
    channels: tuple[Channel, ...] = ()
    run: int = 1
    step: int = 0
    round: int = 0
    state: NoticeState = NoticeState.DUE
    text: Mapping[str, str] = field(default_factory=dict)
    """Parameters of the message that are known when the notice is made, e.g. ``{"accepted_by_name": "…"}``.
    """
    next_attempt_at: datetime | None = None
    sent_at: datetime | None = None
    chain: str | None = None
    """The id of the event that brought it about, for the log (see `chronicle`)."""
    synthetic: bool = False
    number: int = 0


class AttemptResult(StrEnum):
    """How a try to reach somebody ended."""

    DELIVERED = "delivered"
    ACCEPTED_UNCONFIRMED = "accepted_unconfirmed"
    REFUSED = "refused"
    TIMED_OUT = "timed_out"
    UNKNOWN = "unknown"
    """The house went down between the send and its result."""


class ReceiptResult(StrEnum):
    """What a carrier says afterwards of a message that it had taken."""

    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to reach one person over one channel; the row is written before the send.

    ``again_at`` is when the same channel may be tried anew (None: never), ``reference`` what its carrier
    calls the message, ``worker_id`` whom it was for (None: nobody of the house). ``receipt_at`` is the
    instant that the carrier names, else that at which the receipt came.
    """

    id: str
    notice_id: str
    channel: ChannelKind
    address: str
    started_at: datetime
    ended_at: datetime | None = None
    result: AttemptResult | None = None
    status: str | None = None
    detail: str | None = None
    again_at: datetime | None = None
    reference: str | None = None
    worker_id: str | None = None
    receipt: ReceiptResult | None = None
    receipt_at: datetime | None = None
    receipt_detail: str | None = None
    number: int = 0

    @property
    def may_have_arrived(self) -> bool:
        """Nobody knows: whoever is told again may have been told before."""
        in_doubt = self.result in (AttemptResult.TIMED_OUT, AttemptResult.UNKNOWN)
        return in_doubt and self.receipt is None


class ReassureState(StrEnum):
    """What a device's light or voice says to the elder."""

    HEARD = "heard"
    COMING = "coming"
    ARRIVED = "arrived"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class DeviceCommand:
    """A command to a native device, waiting to be published. Never retained.

    The id derives from the alert, its change and the device.
    """

    id: str
    device_id: str
    external_id: str
    state: ReassureState
    created_at: datetime
    alert_id: str | None = None
    published_at: datetime | None = None
    chain: str | None = None
    number: int = 0
