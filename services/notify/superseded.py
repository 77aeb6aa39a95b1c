"""Superseded: a due notice that no longer says anything true is not sent, and says why.

Pure. It never holds back what might still be needed: in doubt a notice is sent.
"""

from __future__ import annotations

from services.domain.alerts import Alert, AlertState
from services.domain.notices import Notice, NoticeKind, NoticeReason
from services.escalation.bundling import may_be_bundled
from services.escalation.telling import CALLS, is_call_of_a_step, key_of

_TRUE_FOR_EVER = frozenset({NoticeKind.STAND_DOWN, NoticeKind.ANSWER})
"""What says how something ended is true however the alert stands since."""


def why_superseded(notice: Notice, alert: Alert | None) -> NoticeReason | None:
    """Why a due notice need not be sent any more; None: it must be."""
    if alert is None or notice.kind in _TRUE_FOR_EVER:
        return None
    if alert.state is AlertState.CLOSED:
        return NoticeReason.CLOSED_ALREADY
    if may_be_bundled(notice) and notice.severity.rank < alert.severity.rank:
        return NoticeReason.OVERTAKEN  # it is graver than what waits for others: who is told now hears that
    if alert.is_silenced and notice.kind in CALLS:
        return NoticeReason.SILENCED  # of a call for help nothing is silenced: `escalation.silences`
    if notice.kind is NoticeKind.TEST:
        return NoticeReason.DUPLICATE if alert.test is None else None  # told that it is real, in its place
    if alert.accepted_by is None or notice.kind is NoticeKind.HANDOVER:
        return None
    joined_for_others = notice.kind is NoticeKind.JOINED and key_of(notice) != alert.accepted_by
    return NoticeReason.ACCEPTED_ALREADY if is_call_of_a_step(notice) or joined_for_others else None


def why_never_called(stand_down: Notice, alert: Alert | None, *, was_tried: bool) -> NoticeReason | None:
    """Why somebody need not hear that they are no longer needed: no call was ever sent to them."""
    if was_tried or stand_down.kind is not NoticeKind.STAND_DOWN:
        return None
    if alert is not None and alert.is_silenced:
        return NoticeReason.SILENCED
    closed = alert is not None and alert.state is AlertState.CLOSED
    return NoticeReason.CLOSED_ALREADY if closed else NoticeReason.ACCEPTED_ALREADY
