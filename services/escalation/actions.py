"""Actions: accept, arrive, close. What people say about an alert, and who hears of it. Each of them answers a
test, which is over by that.

Repeating one's own action changes nothing, except that it answers a joined press. Whoever accepts, all
others who were called hear who has it, and those whose step now will not come are recorded as not told.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from services.domain.alerts import Alert, AlertState, ChangeReason, Outcome
from services.domain.notices import Notice, NoticeReason
from services.escalation.closing import closed
from services.escalation.deadlines import answered, deadlines_when_accepted, deadlines_when_arrived
from services.escalation.permission import (
    Actor,
    AlreadyAccepted,
    done_by,
    person,
    require_may_answer_test,
    require_may_close,
    require_running,
)
from services.escalation.reassure import reassured
from services.escalation.routing import NotTold, relations_of, route
from services.escalation.scene import Move, Scene
from services.escalation.telling import key_of, notice_not_sent, stand_down, told_so_far
from services.escalation.testing import is_test, overdue, passed

Act = Callable[[Alert, Scene, Actor], Move]


def accept(alert: Alert, scene: Scene, actor: Actor) -> Move:
    """Somebody has it. Raises `AlreadyClosed`, `AlreadyAccepted`, `NotAllowed`."""
    require_running(alert)
    worker = person(actor, scene)
    if is_test(alert):
        return _answered_test(alert, scene, actor, accept)
    if alert.accepted_by == worker.id:
        return _answer(alert, scene, actor, ChangeReason.ACCEPTED)
    if alert.accepted_by is not None and alert.handover_to != worker.id:
        raise AlreadyAccepted(alert.accepted_by)
    held = replace(
        alert,
        state=AlertState.ACCEPTED,
        accepted_at=scene.now,
        accepted_by=worker.id,
        arrived_at=None,
        handover_to=None,
        owner_ids=(worker.id,),
        declined_by=tuple(each for each in alert.declined_by if each != worker.id),
    )
    held = replace(held, deadlines=deadlines_when_accepted(held, scene))
    reason = ChangeReason.ACCEPTED if alert.accepted_by is None else ChangeReason.HANDED_OVER
    said = done_by(actor, held, scene, reason, alert, accepted_by=worker.id, handed_over_by=alert.accepted_by)
    has_it = {"because": "accepted", "holder": worker.name}
    notices = stand_down(held, scene, but={worker.id}, cause="accepted", extra=has_it)
    move = Move(held, (said,), notices + _will_not_be_told(alert, held, scene))
    return reassured(alert, move, scene)


def arrive(alert: Alert, scene: Scene, actor: Actor) -> Move:
    """Somebody is there. On an open alert it accepts as well. Raises as `accept` does."""
    require_running(alert)
    worker = person(actor, scene)
    if is_test(alert):
        return _answered_test(alert, scene, actor, arrive)
    if alert.accepted_by == worker.id and alert.state is AlertState.ARRIVED:
        return _answer(alert, scene, actor, ChangeReason.ARRIVED)
    accepted = Move(alert) if alert.accepted_by == worker.id else accept(alert, scene, actor)
    held = accepted.alert
    there = replace(held, state=AlertState.ARRIVED, arrived_at=scene.now)
    there = replace(there, deadlines=deadlines_when_arrived(there, scene))
    said = done_by(actor, there, scene, ChangeReason.ARRIVED, held)
    return accepted.then(reassured(held, Move(there, (said,)), scene))


def close(alert: Alert, scene: Scene, actor: Actor, outcome: Outcome, note: str | None = None) -> Move:
    """It is over, and how. Raises `AlreadyClosed`, and `NotAllowed` for a high one that somebody else has."""
    require_running(alert)
    if outcome is Outcome.TEST and is_test(alert) and overdue(alert, scene).is_nothing:
        require_may_answer_test(alert, actor)
        return passed(alert, scene, actor, scene.worker(actor.person_id), note)
    require_may_close(alert, actor)
    return closed(alert, scene, actor, outcome, note)


def _answered_test(alert: Alert, scene: Scene, actor: Actor, act: Act) -> Move:
    """A test that is answered in time is over; answered too late it is a real alert, which they have now."""
    late = overdue(alert, scene)
    if late.is_nothing:
        return passed(alert, scene, actor, scene.worker(actor.person_id))
    told = replace(scene, notices=(*scene.notices, *late.notices))
    return late.then(act(late.alert, told, actor))


def _answer(alert: Alert, scene: Scene, actor: Actor, reason: ChangeReason) -> Move:
    """A repeat: nothing, unless a joined press is waiting for a sign of its holder."""
    after = answered(alert)
    if after == alert:
        return Move(alert)
    return Move(after, (done_by(actor, after, scene, reason, alert, answered=True),))


def _will_not_be_told(open_alert: Alert, held: Alert, scene: Scene) -> tuple[Notice, ...]:
    """The people of the steps that would have come: not told, because somebody has it."""
    if open_alert.accepted_by is not None:
        return ()
    steps = scene.policy_of(open_alert).steps
    seen = {held.accepted_by, *(key_of(notice) for notice in told_so_far(scene.notices))}
    notices: list[Notice] = []
    for index in range(open_alert.step, len(steps)):
        rounds = open_alert.round if index == open_alert.step else 0
        relations = relations_of(steps[index], open_alert, rounds, is_first=index == 0)
        for recipient in route(relations, scene).recipients:
            worker = scene.worker(recipient.worker_id)
            if recipient.key in seen or worker is None:
                continue
            seen.add(recipient.key)
            missed = NotTold("step", NoticeReason.ACCEPTED_ALREADY, worker)
            notices.append(notice_not_sent(missed, held, scene, cause="accepted", at_step=(index, rounds)))
    return tuple(notices)
