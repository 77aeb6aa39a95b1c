"""Receipts: what carriers say afterwards of messages that they took, and what follows from it.

A receipt is written to its attempt, once. One that says that the message never arrived makes the notice due
again, with what is left of the person's channels, unless somebody has answered meanwhile or the person was
called anew since; when nothing is left, the step has failed and the next one comes, as after a refusal.
Nothing is sent here, and no receipt ever stops an escalation.
"""

from __future__ import annotations

import hmac
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from services.domain.chronicle import notice_concluded
from services.domain.notices import Attempt, Notice, NoticeState
from services.domain.people import ChannelKind
from services.domain.ports import Clock, Store, Topic, UnitOfWork
from services.domain.receipts import Brought, Fate, NoReceipts, NotTheCarrier, Receipt, Taken
from services.escalation.telling import CALLS, key_of
from services.notify.attempts import LONGEST_WAIT, after_receipt
from services.notify.bundling import why_unneeded
from services.notify.channels.receiving import Carrier
from services.notify.channels.webhook import is_signed
from services.notify.conflicts import again_on_conflict

AHEAD_AT_MOST = timedelta(minutes=2)
"""How far the clock of a carrier may be ahead of ours."""
SIGNED_WITHIN = timedelta(minutes=5)
"""How old a signature may be: nobody brings anew what somebody else once signed."""
SIGNATURE = "x-anxin-signature"

log = logging.getLogger("anxin.delivery")


def token_for(key: str, channel: ChannelKind) -> str:
    """The secret by which the carrier of a channel is known, made of the key of the house."""
    return hmac.new(key.encode(), f"receipts:{channel.value}".encode(), "sha256").hexdigest()


@dataclass(frozen=True, slots=True)
class Receipts:
    """The door for receipts of the carriers that an installation has."""

    store: Store
    clock: Clock
    carriers: Mapping[ChannelKind, Carrier]
    key: str = field(repr=False)

    def __call__(self, brought: Brought) -> Taken:
        carrier = self.carriers.get(brought.channel)
        if carrier is None:
            raise NoReceipts
        now = self.clock.now()
        if not self._is_let_in(carrier, brought, now):
            raise NotTheCarrier
        receipts = carrier.reads(brought.body, brought.headers.get("content-type", ""))
        fates = again_on_conflict(lambda: self._store(brought.channel, receipts, now))
        unknown = [name for name, fate in fates if fate is Fate.UNKNOWN]
        if unknown:
            log.warning("%d receipts over %s name no message of ours", len(unknown), brought.channel)
        is_answered = carrier.answer and (carrier.asks_again or len(unknown) < len(fates))
        return Taken(fates, carrier.answer.encode() if is_answered else None)

    def _is_let_in(self, carrier: Carrier, brought: Brought, now: datetime) -> bool:
        shown = brought.token or brought.headers.get("authorization", "").removeprefix("Bearer ")
        token = token_for(self.key, brought.channel)
        if shown and hmac.compare_digest(shown.encode(), token.encode()):
            return True
        signature = brought.headers.get(SIGNATURE, "")
        return carrier.signs and is_signed(signature, brought.body, self.key, now, SIGNED_WITHIN)

    def _store(
        self, channel: ChannelKind, receipts: Sequence[Receipt], now: datetime
    ) -> list[tuple[str, Fate]]:
        with self.store.writing() as uow:
            return [(receipt.name, _take(uow, channel, receipt, now)) for receipt in receipts]


def _take(uow: UnitOfWork, channel: ChannelKind, receipt: Receipt, now: datetime) -> Fate:
    attempt = _attempt_of(uow, channel, receipt)
    if attempt is None:
        return Fate.UNKNOWN
    received = replace(
        attempt,
        receipt=receipt.result,
        receipt_at=_at(receipt, attempt, now),
        receipt_detail=receipt.detail,
    )
    if not uow.notices.receive(received):
        return Fate.DUPLICATE
    notice = uow.notices.get(attempt.notice_id)
    if notice is not None:
        _follow(uow, notice, attempt, now)
    return Fate.STORED


def _attempt_of(uow: UnitOfWork, channel: ChannelKind, receipt: Receipt) -> Attempt | None:
    """The newest attempt that the receipt can be about."""
    if receipt.reference:
        found = uow.notices.referred_to(channel, receipt.reference)
        if found:
            return found[-1]
    if not receipt.notice_id:
        return None
    made = [each for each in uow.notices.attempts([receipt.notice_id]) if each.channel is channel]
    return made[-1] if made else None


def _at(receipt: Receipt, attempt: Attempt, now: datetime) -> datetime:
    """The instant that the carrier names, if it lies between the send and now; clocks of others may err."""
    claimed = receipt.at
    if claimed is None or not attempt.started_at - AHEAD_AT_MOST <= claimed <= now + AHEAD_AT_MOST:
        return now
    return claimed


def _follow(uow: UnitOfWork, notice: Notice, attempt: Attempt, now: datetime) -> None:
    after = after_receipt(notice, uow.notices.attempts([notice.id]), now)
    if after is None:
        return
    if after.state is NoticeState.DUE and not _is_still_needed(uow, notice, attempt, now):
        return
    uow.notices.save(after)
    uow.wake_after(Topic.NOTICES)
    if after.state is NoticeState.SENT:
        uow.say_after(notice_concluded(after))


def _is_still_needed(uow: UnitOfWork, notice: Notice, attempt: Attempt, now: datetime) -> bool:
    """Whether it helps to try what is left: nobody has answered, and no newer call went to the person."""
    if why_unneeded(uow, notice, uow.alerts.standing(notice.alert_id)) is not None:
        return False
    if notice.kind not in CALLS:
        return now <= attempt.started_at + LONGEST_WAIT
    return not any(
        each.number > notice.number
        and each.kind in CALLS
        and key_of(each) == key_of(notice)
        and each.state in (NoticeState.DUE, NoticeState.SENT)
        for each in uow.notices.of_alert(notice.alert_id)
    )
