"""Attempts: which channel of a person is tried next, and what all tries together mean for the notice.

Pure. A high notice goes over all channels of the person, one after the other; a lower one stops at the
first that confirmed. A try whose end nobody knows counts as none: it is made again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from services.domain.findings import Severity
from services.domain.notices import Attempt, AttemptResult, Notice, NoticeReason, NoticeState
from services.domain.people import Channel

BACKOFF = (
    timedelta(seconds=10),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=5),
)
"""Waits before all channels are tried once more; as many times, then the notice has failed for good."""

_REACHED = frozenset({AttemptResult.DELIVERED})


def rounds_made(notice: Notice, attempts: Sequence[Attempt]) -> int:
    """How often all channels of a notice were tried."""
    return min((_ended(channel, attempts) for channel in channels_of(notice)), default=0)


def next_channel(notice: Notice, attempts: Sequence[Attempt], round_: int) -> Channel | None:
    """The channel to try next in a round (0-based) of tries; None when the round is over."""
    if notice.severity is not Severity.HIGH and any(each.result in _REACHED for each in attempts):
        return None
    tried = (channel for channel in channels_of(notice) if _ended(channel, attempts) <= round_)
    return next(tried, None)


def concluded(
    notice: Notice, attempts: Sequence[Attempt], now: datetime, *, may_pass: bool, jitter: float
) -> Notice:
    """The notice after a round of tries: sent, to be tried again, or failed.

    ``jitter`` in [0, 1) spreads the tries of many notices that failed together, by up to half of the wait
    either way.
    """
    results = {each.result for each in attempts}
    if AttemptResult.DELIVERED in results:
        return replace(notice, state=NoticeState.SENT, next_attempt_at=None, sent_at=now)
    if AttemptResult.ACCEPTED_UNCONFIRMED in results:
        return replace(
            notice,
            state=NoticeState.SENT,
            reason=NoticeReason.UNCONFIRMED,
            next_attempt_at=None,
            sent_at=now,
        )
    failed = replace(notice, reason=NoticeReason.EVERY_CHANNEL_FAILED)
    rounds = rounds_made(notice, attempts)
    if may_pass and 0 < rounds <= len(BACKOFF):
        return replace(failed, next_attempt_at=now + BACKOFF[rounds - 1] * (0.5 + jitter))
    return replace(failed, state=NoticeState.FAILED, next_attempt_at=None)


def channels_of(notice: Notice) -> tuple[Channel, ...]:
    """The channels of the person, each once, in their order."""
    return tuple(dict.fromkeys(notice.channels))


def _ended(channel: Channel, attempts: Iterable[Attempt]) -> int:
    return sum(
        (each.channel, each.address) == (channel.kind, channel.address)
        and each.result not in (None, AttemptResult.UNKNOWN)
        for each in attempts
    )
