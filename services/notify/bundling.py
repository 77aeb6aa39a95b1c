"""Bundling at the outbox: notices that gather become one, in the transaction that begins to send it.

So a crash leaves either all of them waiting or one bundle on its way. Whatever fails here, each is sent by
itself.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from services.domain.alerts import Alert
from services.domain.chronicle import notice_concluded
from services.domain.notices import Notice, NoticeKind, NoticeReason, NoticeState
from services.domain.ports import Conflict, StoreUnavailable, UnitOfWork
from services.escalation.about_silences import WARNINGS
from services.escalation.bundling import (
    DIGEST,
    LATE,
    alert_ids_of,
    bundled,
    carried_by,
    gathers_as,
    gathers_on,
    is_bundled,
    matters_of,
    may_be_bundled,
)
from services.escalation.telling import ASKING, key_of
from services.notify.run import FINDINGS
from services.notify.superseded import why_superseded

LOOK_AGAIN_AFTER = timedelta(seconds=1)
BEHIND_AFTER = timedelta(seconds=60)
"""A deadline of the rules that is overdue for so long was missed and is still to be met."""
MOST = 500
"""Matters in one message; what is beyond is the next one's."""

log = logging.getLogger("anxin.delivery")


def gather(uow: UnitOfWork, won: Sequence[Notice], now: datetime) -> list[Notice]:
    """What is to be sent of some leased notices: those that gather as one a person, or not yet."""
    if not any(may_be_bundled(notice) for notice in won):
        return list(won)
    try:
        with uow.on_trial():
            return _gathered(uow, won, now)
    except (StoreUnavailable, Conflict):
        raise
    except Exception:
        log.exception("late notices could not be bundled; each is sent by itself")
        return list(won)


def _gathered(uow: UnitOfWork, won: Sequence[Notice], now: datetime) -> list[Notice]:
    begun: list[Notice] = []
    gone: set[str] = set()
    for notice in won:
        if notice.id in gone:
            continue
        if not may_be_bundled(notice) or not _is_fresh(uow, notice):
            begun.append(notice)
        elif gathers_on(notice, now, still_finding=_is_more_to_come(uow, notice, now)):
            uow.notices.save(replace(notice, next_attempt_at=now + LOOK_AGAIN_AFTER))
        else:
            carrier, others = _with_others(uow, notice)
            gone |= {each.id for each in others}
            begun.append(carrier)
    return begun


def _is_more_to_come(uow: UnitOfWork, notice: Notice, now: datetime) -> bool:
    """Whether more that goes with it is about to be found, or to be told of at the very same local time."""
    if gathers_as(notice) == LATE:
        return is_still_finding(uow, now)
    due_at = uow.alerts.next_due_at() if gathers_as(notice) == DIGEST else None
    return due_at is not None and due_at <= notice.created_at


def _with_others(uow: UnitOfWork, notice: Notice) -> tuple[Notice, tuple[Notice, ...]]:
    waiting = uow.notices.page({"worker_id": notice.worker_id or "", "state": NoticeState.DUE}, 0, MOST)
    others = [
        each
        for each in waiting.items
        if each.id != notice.id
        and may_be_bundled(each)
        and each.severity.rank <= notice.severity.rank  # a graver one is sent as what it is
        and each.synthetic == notice.synthetic
        and gathers_as(each) == gathers_as(notice)
        and _is_fresh(uow, each)
    ]
    if not others:
        return notice, ()
    carrier, carried = bundled(notice, others)
    for each in (carrier, *carried):
        uow.notices.save(each)
    for each in carried:
        uow.say_after(notice_concluded(each))
    return carrier, carried


def _is_fresh(uow: UnitOfWork, notice: Notice) -> bool:
    """Not tried yet, and still to be told."""
    alert = uow.alerts.standing(notice.alert_id)
    return why_superseded(notice, alert) is None and not uow.notices.attempts([notice.id])


def is_still_finding(uow: UnitOfWork, now: datetime) -> bool:
    """Whether deadlines that were missed are still being met, or findings wait to be judged."""
    due_at = uow.states.next_due_at()
    is_behind = due_at is not None and due_at < now - BEHIND_AFTER
    return is_behind or uow.findings.last_number() > uow.cursors.get(FINDINGS)


def why_unneeded(uow: UnitOfWork, notice: Notice, alert: Alert | None) -> NoticeReason | None:
    """Why a due notice need not be sent any more; a bundle only if none of its matters needs it, a warning of
    an end only if that has come.
    """
    if notice.kind is NoticeKind.SILENCE:
        silence = uow.silences.get(notice.alert_id)
        has_come = notice.text.get("because") in WARNINGS and silence is not None and not silence.is_running
        return NoticeReason.CLOSED_ALREADY if has_come else None
    why_not = why_superseded(notice, alert)
    if why_not is None or not matters_of(notice):
        return why_not
    for alert_id in alert_ids_of(notice):
        if why_superseded(notice, uow.alerts.standing(alert_id)) is None:
            return None
    return why_not


def failed_with(uow: UnitOfWork, carrier: Notice) -> tuple[str, ...]:
    """The alerts of which a notice that reached nobody told; those bundled in it have failed with it."""
    ids = alert_ids_of(carrier)
    for alert_id in ids[1:]:
        for notice in uow.notices.of_alert(alert_id):
            if is_bundled(notice) and carried_by(notice) == carrier.id:
                failed = NoticeReason.EVERY_CHANNEL_FAILED
                uow.notices.save(replace(notice, state=NoticeState.FAILED, reason=failed))
    return ids


def was_called(uow: UnitOfWork, stand_down: Notice) -> bool:
    """Whether a call was ever sent to somebody who would hear that they are no longer needed."""
    calls = [
        carried_by(notice)
        for notice in uow.notices.of_alert(stand_down.alert_id)
        if notice.kind in ASKING and key_of(notice) == key_of(stand_down)
    ]
    return bool(uow.notices.attempts(calls))
