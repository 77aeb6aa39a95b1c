"""Handing over: somebody who has an alert asks another to take it.

Until the other accepts, whoever has it stays its owner; no answer in time, a no, or no way to reach the other
means that it stays with them, and both hear so. It never leaves an alert without its holder.
"""

from __future__ import annotations

from dataclasses import replace

from services.domain.alerts import HOUSE, Alert, ChangeReason, Deadline, DeadlineKind
from services.domain.instants import format_instant
from services.domain.notices import Notice, NoticeKind, NoticeReason
from services.domain.people import Worker
from services.escalation.deadlines import answered, without
from services.escalation.permission import Actor, NotAllowed, Refusal, done_by, require_hold, require_running
from services.escalation.routing import recipient_of
from services.escalation.scene import Move, Scene, change
from services.escalation.steps import has_failed
from services.escalation.telling import key_of, notice_to, still_called


def handover(alert: Alert, scene: Scene, actor: Actor, to_worker_id: str) -> Move:
    """You take it: ``to_worker_id`` is asked, and has it once they accept."""
    require_running(alert)
    require_hold(alert, actor)
    other = scene.worker(to_worker_id)
    if other is None:
        raise NotAllowed(Refusal.WORKER_UNKNOWN)
    if not other.active:
        raise NotAllowed(Refusal.WORKER_INACTIVE)
    if to_worker_id in (alert.handover_to, alert.accepted_by):
        return Move(alert)
    before = _not_needed(alert, scene, alert.handover_to)
    due_at = scene.now + scene.policy_of(alert).handover_answer_within
    left = without(answered(alert), DeadlineKind.HANDOVER)
    asked = replace(
        left,
        handover_to=to_worker_id,
        deadlines=(*left.deadlines, Deadline(DeadlineKind.HANDOVER, due_at)),
    )
    said = done_by(actor, asked, scene, ChangeReason.HANDED_OVER, alert, to=to_worker_id)
    holder = scene.name_of(alert.accepted_by)
    notice = _notice(other, asked, scene, (NoticeKind.HANDOVER, NoticeReason.HANDOVER), "handover", holder)
    return Move(asked, (said,), (*before, notice))


def unanswered(alert: Alert, scene: Scene) -> Move:
    """Nobody has answered: it stays with whom it was."""
    if alert.handover_to is None:
        return Move(without(alert, DeadlineKind.HANDOVER))
    return _stays(alert, scene, ChangeReason.HANDOVER_UNANSWERED)


def unreached(alert: Alert, scene: Scene) -> Move:
    """The same at once, where no way to whom was asked has worked; nothing where one may yet."""
    asked = [
        notice
        for notice in scene.notices
        if notice.kind is NoticeKind.HANDOVER
        and notice.reason is not NoticeReason.DECLINED
        and notice.run == alert.run
        and key_of(notice) == alert.handover_to
    ]
    if alert.handover_to is None or not asked or not has_failed(asked[-1]):
        return Move(alert)
    return _stays(alert, scene, ChangeReason.HANDOVER_UNANSWERED)


def gone(alert: Alert, scene: Scene, by: str) -> Move:
    """Whoever was asked works here no longer."""
    return _stays(alert, scene, ChangeReason.HANDOVER_UNANSWERED, by=by)


def declined(alert: Alert, scene: Scene, other: Worker) -> Move:
    """Whoever was asked said no: nobody is asked any more, and the holder hears it."""
    left = without(replace(alert, handover_to=None), DeadlineKind.HANDOVER)
    return Move(left, notices=_tell_holder(left, scene, other.name, NoticeReason.DECLINED))


def _stays(alert: Alert, scene: Scene, reason: ChangeReason, *, by: str = HOUSE) -> Move:
    left = without(replace(alert, handover_to=None), DeadlineKind.HANDOVER)
    said = change(left, scene, reason, from_state=alert.state, by=by, to=alert.handover_to)
    asked = scene.name_of(alert.handover_to)
    notices = _tell_holder(left, scene, asked, NoticeReason.HANDOVER_UNANSWERED)
    return Move(left, (said,), (*notices, *_not_needed(alert, scene, alert.handover_to)))


def _tell_holder(alert: Alert, scene: Scene, asked: str, reason: NoticeReason) -> tuple[Notice, ...]:
    """Whoever wanted to hand it over hears that they still have it."""
    holder = scene.worker(alert.accepted_by)
    if holder is None:
        return ()
    because = "handover_declined" if reason is NoticeReason.DECLINED else "handover_unanswered"
    return (_notice(holder, alert, scene, (NoticeKind.HANDOVER, reason), because, asked),)


def _not_needed(alert: Alert, scene: Scene, asked: str | None) -> tuple[Notice, ...]:
    """Whoever was asked, and is not any more, hears that the holder keeps it."""
    worker = scene.worker(asked)
    called = {key_of(notice) for notice in still_called(scene.notices)}
    if worker is None or worker.id not in called:
        return ()
    holder = scene.name_of(alert.accepted_by)
    return (_notice(worker, alert, scene, (NoticeKind.STAND_DOWN, NoticeReason.STAND_DOWN), "kept", holder),)


def _notice(
    worker: Worker, alert: Alert, scene: Scene, what: tuple[NoticeKind, NoticeReason], because: str, name: str
) -> Notice:
    """What one of the two hears of the other, whose ``name`` stands in it."""
    kind, reason = what
    return notice_to(
        recipient_of(worker),
        alert,
        scene,
        kind=kind,
        reason=reason,
        cause=f"{because}@{format_instant(scene.now)}",
        extra={"because": because, "holder": name},
    )
