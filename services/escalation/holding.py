"""Holding: what else somebody may say about an alert: not I, you take it, ten more minutes, a note.

Until the other accepts a handover, whoever has the alert stays its owner. Declining never leaves an alert
without somebody: the next step comes at once. Each of these, said by the holder, answers a joined press.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from services.domain.alerts import Alert, AlertChange, AlertState, ChangeReason, Deadline, DeadlineKind
from services.domain.instants import format_instant, format_span
from services.domain.notices import Notice, NoticeKind, NoticeReason
from services.domain.people import Worker
from services.escalation.permission import (
    Actor,
    AlreadyAccepted,
    NotAllowed,
    Refusal,
    person,
    require_hold,
    require_running,
)
from services.escalation.reassure import reassured
from services.escalation.routing import recipient_of
from services.escalation.scene import Move, Scene, change
from services.escalation.stages import answered
from services.escalation.steps import begin_again, go_on
from services.escalation.telling import notice_to
from services.escalation.testing import go_on_as_real, is_test

_EXTENDED = frozenset({DeadlineKind.ARRIVAL_REMINDER, DeadlineKind.ARRIVAL, DeadlineKind.CLOSING})


def decline(alert: Alert, scene: Scene, actor: Actor, note: str | None = None) -> Move:
    """Not I. Who has it gives it back, and the policy runs again without them; who was asked is not
    waited for.
    """
    require_running(alert)
    worker = person(actor, scene)
    if is_test(alert) and worker.id in alert.owner_ids:
        return go_on_as_real(
            alert, scene, ChangeReason.DECLINED, by=actor.by, on_behalf_of=actor.on_behalf_of
        )
    if alert.accepted_by == worker.id:
        return _give_back(alert, scene, actor, worker, note)
    if alert.accepted_by is not None and alert.handover_to != worker.id:
        raise AlreadyAccepted(alert.accepted_by)
    if worker.id in alert.declined_by and alert.handover_to != worker.id:
        return Move(alert)
    declined = replace(alert, declined_by=tuple(dict.fromkeys((*alert.declined_by, worker.id))))
    said = _said(declined, scene, actor, ChangeReason.DECLINED, alert, declined_by=worker.id, note=note)
    if alert.handover_to == worker.id:
        left = replace(declined, handover_to=None)
        return Move(left, (said,), _tell_holder(left, scene, worker))
    move = Move(declined, (said,))
    if all(owner in declined.declined_by for owner in alert.owner_ids):
        move = move.then(go_on(declined, scene, ChangeReason.DECLINED))
    return move


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
    asked = replace(answered(alert), handover_to=to_worker_id)
    said = _said(asked, scene, actor, ChangeReason.HANDED_OVER, alert, to=to_worker_id)
    notice = notice_to(
        recipient_of(other),
        asked,
        scene,
        kind=NoticeKind.HANDOVER,
        reason=NoticeReason.HANDOVER,
        cause=f"handover@{format_instant(scene.now)}",
        extra={"because": "handover", "holder": scene.name_of(alert.accepted_by)},
    )
    return Move(asked, (said,), (notice,))


def extend(alert: Alert, scene: Scene, actor: Actor, by_for: timedelta) -> Move:
    """Some more minutes until the house asks again; at most what the policy allows at a time."""
    require_running(alert)
    require_hold(alert, actor)
    if not timedelta() < by_for <= scene.policy_of(alert).extend_at_most:
        raise NotAllowed(Refusal.TOO_LONG)
    left = answered(alert)
    deadlines = tuple(
        Deadline(each.kind, each.due_at + by_for) if each.kind in _EXTENDED else each
        for each in left.deadlines
    )
    extended = replace(left, deadlines=deadlines)
    said = _said(extended, scene, actor, ChangeReason.EXTENDED, alert, extended_for=format_span(by_for))
    return Move(extended, (said,))


def note(alert: Alert, scene: Scene, actor: Actor, text: str) -> Move:
    """Something worth knowing. Said by whoever has the alert it answers a joined press."""
    require_running(alert)
    if actor.on_behalf_of is not None and not actor.may_speak_for_others:
        raise NotAllowed(Refusal.NOT_FOR_OTHERS)
    is_holder = alert.accepted_by is not None and alert.accepted_by == actor.person_id
    noted = replace(answered(alert) if is_holder else alert, note=text)
    return Move(noted, (_said(noted, scene, actor, ChangeReason.NOTED, alert, note=text),))


def worker_gone(alert: Alert, scene: Scene, worker_id: str, by: str) -> Move:
    """Somebody was deactivated: what they had, or alone were asked, goes to the next at once."""
    if not alert.is_running:
        return Move(alert)
    if is_test(alert) and worker_id in alert.owner_ids:
        return go_on_as_real(alert, scene, ChangeReason.TEST_IN_DOUBT, by=by)
    if alert.accepted_by == worker_id:
        left = replace(alert, declined_by=())
        again = begin_again(left, scene, ChangeReason.DECLINED, by=by, declined_by=worker_id)
        return reassured(alert, again, scene)
    if alert.handover_to == worker_id:
        alert = replace(alert, handover_to=None)
    if alert.state is not AlertState.OPEN or worker_id not in alert.owner_ids:
        return Move(alert)
    owners = tuple(each for each in alert.owner_ids if each != worker_id)
    if owners:
        left = replace(alert, owner_ids=owners)
        said = change(
            left, scene, ChangeReason.DECLINED, from_state=alert.state, by=by, declined_by=worker_id
        )
        return Move(left, (said,))
    return go_on(alert, scene, ChangeReason.DECLINED)


def _give_back(alert: Alert, scene: Scene, actor: Actor, worker: Worker, note: str | None) -> Move:
    left = replace(alert, declined_by=tuple(dict.fromkeys((*alert.declined_by, worker.id))))
    again = begin_again(
        left,
        scene,
        ChangeReason.DECLINED,
        by=actor.by,
        on_behalf_of=actor.on_behalf_of,
        declined_by=worker.id,
        note=note or "",
    )
    return reassured(alert, again, scene)


def _tell_holder(alert: Alert, scene: Scene, other: Worker) -> tuple[Notice, ...]:
    """Whoever wanted to hand it over hears that they still have it."""
    holder = scene.worker(alert.accepted_by)
    if holder is None:
        return ()
    return (
        notice_to(
            recipient_of(holder),
            alert,
            scene,
            kind=NoticeKind.HANDOVER,
            reason=NoticeReason.DECLINED,
            cause=f"declined@{format_instant(scene.now)}",
            extra={"because": "handover_declined", "holder": other.name},
        ),
    )


def _said(
    after: Alert, scene: Scene, actor: Actor, reason: ChangeReason, before: Alert, /, **detail: object
) -> AlertChange:
    return change(
        after,
        scene,
        reason,
        from_state=before.state,
        by=actor.by,
        on_behalf_of=actor.on_behalf_of,
        **_without_none(**detail),
    )


def _without_none(**detail: object) -> dict[str, object]:
    return {key: value for key, value in detail.items() if value is not None}
