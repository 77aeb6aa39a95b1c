"""Attempts: which channel of a person is tried next, when one is tried again, and what all tries together
mean for the notice.

Pure. A high notice goes over all channels of the person, one after the other; a lower one stops at the first
that confirmed. A channel that refused for good is never tried again, one whose refusal may pass has a time of
its own at which it is, and meanwhile the next one has its turn at once. A try whose end nobody knows counts
as none: it is made again, for a message that comes twice is better than none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from services.domain.findings import Severity
from services.domain.notices import Attempt, AttemptResult, Notice, NoticeReason, NoticeState, ReceiptResult
from services.domain.people import Channel
from services.notify.channels.channel import ChannelOutcome

BACKOFF = (
    timedelta(seconds=10),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=5),
)
"""Waits before a channel is tried once more; as many times, then it has failed for good."""
LONGEST_WAIT = timedelta(minutes=15)
"""For longer nobody keeps a message waiting, whatever a carrier asks for: by then the steps have gone on."""
NO_JITTER = 0.0
_REASON = "reason"
"""The parameter of a notice that keeps why it was made, while its reason says how it stands."""


def spread(attempt_id: str) -> float:
    """A number in [0, 1) by which tries that failed together part: of the same attempt always the same, so
    that a restart changes nothing.
    """
    return int.from_bytes(hashlib.sha256(attempt_id.encode()).digest()[:4]) / 2**32


def ended(
    attempt: Attempt, outcome: ChannelOutcome, before: Iterable[Attempt], now: datetime, jitter: float
) -> Attempt:
    """The attempt with its end, and when its channel may be tried again. ``before`` are the notice's others.

    ``jitter`` in [0, 1) takes up to half of the wait away and never adds to it: nobody is told later than
    without it. What the other side asks for is waited in full, up to `LONGEST_WAIT`.
    """
    again_at = None
    tries = sum(_is_of(attempt, each) and _has_ended(each) for each in before if each.id != attempt.id)
    if outcome.may_pass and tries < len(BACKOFF):
        wait_for = max(BACKOFF[tries] * (1 - jitter / 2), outcome.wait_for or timedelta())
        again_at = now + min(wait_for, LONGEST_WAIT)
    return replace(
        attempt,
        ended_at=now,
        result=outcome.result,
        status=outcome.status,
        detail=outcome.detail,
        again_at=again_at,
        reference=outcome.reference or attempt.reference,
    )


def next_channel(
    notice: Notice, attempts: Sequence[Attempt], now: datetime, but: Collection[Channel] = ()
) -> Channel | None:
    """The channel to try now, none of ``but``; None when nothing is left to be tried at this instant."""
    if notice.severity is not Severity.HIGH and any(_is_delivered(each) for each in attempts):
        return None
    ready = ((channel, _open_from(channel, attempts, now)) for channel in channels_of(notice))
    return next((each for each, at in ready if at is not None and at <= now and each not in but), None)


def concluded(notice: Notice, attempts: Sequence[Attempt], now: datetime) -> Notice:
    """The notice when nothing is left to be tried now: sent, to be tried again, or failed."""
    sent = replace(notice, state=NoticeState.SENT, next_attempt_at=None, sent_at=notice.sent_at or now)
    if any(each.result is AttemptResult.DELIVERED and _is_delivered(each) for each in attempts):
        return replace(sent, reason=NoticeReason(notice.text.get(_REASON, notice.reason)))
    if any(_is_delivered(each) for each in attempts):
        return _because(sent, NoticeReason.RECEIPT)
    if any(_is_handed_on(each) for each in attempts):
        return _because(sent, NoticeReason.UNCONFIRMED)
    failed = replace(_because(notice, NoticeReason.EVERY_CHANNEL_FAILED), sent_at=None)
    again_at = min(open_from(notice, attempts, now).values(), default=None)
    if again_at is not None:
        return replace(failed, state=NoticeState.DUE, next_attempt_at=again_at)
    return replace(failed, state=NoticeState.FAILED, next_attempt_at=None)


def after_receipt(notice: Notice, attempts: Sequence[Attempt], now: datetime) -> Notice | None:
    """What a receipt on one of its attempts makes of a notice; None: nothing.

    One that nobody has received after all is due at once, with what is left of its channels. While a try is
    under way nothing is decided: whoever writes its end reads the receipt.
    """
    if notice.state is NoticeState.NOT_SENT or any(each.result is None for each in attempts):
        return None
    if any(_is_delivered(each) for each in attempts):
        is_known = notice.state is NoticeState.SENT and notice.reason is not NoticeReason.UNCONFIRMED
        return None if is_known else concluded(notice, attempts, now)
    if notice.state is NoticeState.SENT and not any(_is_handed_on(each) for each in attempts):
        due = replace(notice, state=NoticeState.DUE, next_attempt_at=now, sent_at=None)
        return _because(due, NoticeReason.NOT_RECEIVED)
    return None


def channels_of(notice: Notice) -> tuple[Channel, ...]:
    """The channels of the person, each once, in their order."""
    return tuple(dict.fromkeys(notice.channels))


def open_from(notice: Notice, attempts: Sequence[Attempt], now: datetime) -> dict[Channel, datetime]:
    """The channels that may be tried now or later, and from when on; none once somebody was reached."""
    if any(_is_delivered(each) or _is_handed_on(each) for each in attempts):
        return {}
    opens = {each: _open_from(each, attempts, now) for each in channels_of(notice)}
    return {each: at for each, at in opens.items() if at is not None}


def _because(notice: Notice, reason: NoticeReason) -> Notice:
    return replace(notice, reason=reason, text={_REASON: notice.reason.value, **notice.text})


def _open_from(channel: Channel, attempts: Iterable[Attempt], now: datetime) -> datetime | None:
    """From when on a channel may be tried; None once it took the message or refused it for good."""
    tried = [each for each in attempts if (each.channel, each.address) == (channel.kind, channel.address)]
    over = [each for each in tried if _has_ended(each)]
    if not over:
        return now
    newest = over[-1]
    if any(each.receipt is not None for each in over):
        return None  # its carrier took it, and has said how it ended
    return None if _is_delivered(newest) or _is_handed_on(newest) else newest.again_at


def _is_of(attempt: Attempt, other: Attempt) -> bool:
    return (attempt.channel, attempt.address) == (other.channel, other.address)


def _has_ended(attempt: Attempt) -> bool:
    return attempt.result not in (None, AttemptResult.UNKNOWN) or attempt.receipt is not None


def _is_delivered(attempt: Attempt) -> bool:
    """Whoever keeps the place where the person reads said so, at once or by a receipt."""
    if attempt.receipt is not None:
        return attempt.receipt is ReceiptResult.DELIVERED
    return attempt.result is AttemptResult.DELIVERED


def _is_handed_on(attempt: Attempt) -> bool:
    return attempt.result is AttemptResult.ACCEPTED_UNCONFIRMED and attempt.receipt is None
