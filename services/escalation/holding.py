"""Holding: what else somebody may say about an alert: not I, ten more minutes, a note; and what becomes of it
when somebody who has it, or was asked, works here no longer.

Declining never leaves an alert without somebody: the next step comes at once. What the holder says answers a
joined press.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from services.domain.alerts import Alert, AlertState, ChangeReason
from services.domain.instants import format_span
from services.domain.people import Worker
from services.escalation import handing_over
from services.escalation.deadlines import answered, extended, may_extend_by
from services.escalation.pending import nobody_is_pending
from services.escalation.permission import (
    Actor,
    AlreadyAccepted,
    NotAllowed,
    Refusal,
    done_by,
    person,
    require_hold,
    require_running,
)
from services.escalation.reassure import reassured
from services.escalation.scene import Move, Scene, change
from services.escalation.steps import begin_again, go_on, tell_nobody
from services.escalation.testing import go_on_as_real, is_test


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
    said = done_by(actor, declined, scene, ChangeReason.DECLINED, alert, declined_by=worker.id, note=note)
    if alert.handover_to == worker.id:
        return Move(declined, (said,)).then(handing_over.declined(declined, scene, worker))
    move = Move(declined, (said,))
    if nobody_is_pending(declined, scene):
        move = move.then(go_on(declined, scene, ChangeReason.DECLINED))
    return move


def extend(alert: Alert, scene: Scene, actor: Actor, by_for: timedelta) -> Move:
    """Some more minutes until the house asks again; what the policy allows at a time, within what it allows
    in all.
    """
    require_running(alert)
    require_hold(alert, actor)
    if not timedelta() < by_for <= may_extend_by(alert, scene):
        raise NotAllowed(Refusal.TOO_LONG)
    later = extended(answered(alert), by_for)
    said = done_by(actor, later, scene, ChangeReason.EXTENDED, alert, extended_for=format_span(by_for))
    return Move(later, (said,))


def note(alert: Alert, scene: Scene, actor: Actor, text: str) -> Move:
    """Something worth knowing. Said by whoever has the alert it answers a joined press."""
    require_running(alert)
    if actor.on_behalf_of is not None and not actor.may_speak_for_others:
        raise NotAllowed(Refusal.NOT_FOR_OTHERS)
    is_holder = alert.accepted_by is not None and alert.accepted_by == actor.person_id
    noted = replace(answered(alert) if is_holder else alert, note=text)
    return Move(noted, (done_by(actor, noted, scene, ChangeReason.NOTED, alert, note=text),))


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
        return handing_over.gone(alert, scene, by)
    if alert.state is not AlertState.OPEN or worker_id not in alert.owner_ids:
        return Move(alert)
    owners = tuple(each for each in alert.owner_ids if each != worker_id)
    if owners:
        left = replace(alert, owner_ids=owners)
        said = change(
            left, scene, ChangeReason.DECLINED, from_state=alert.state, by=by, declined_by=worker_id
        )
        move = Move(left, (said,))
        return (
            move.then(go_on(left, scene, ChangeReason.DECLINED)) if nobody_is_pending(left, scene) else move
        )
    silence = scene.silence_over(alert)
    if silence is not None:
        return tell_nobody(alert, scene, silence, by=by)  # told when that is over; until then it is others'
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
