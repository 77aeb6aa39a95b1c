"""Stages: accepting is not arriving, and arriving is not the end.

Each stage has its own deadline that reminds and then escalates again; whoever has it stays the owner
until the alert is open again. Which deadline of an alert is due, and what it brings, is decided here.
"""

from __future__ import annotations

from dataclasses import replace

from services.domain.alerts import HOUSE, Alert, AlertState, ChangeReason, Deadline, DeadlineKind
from services.domain.instants import format_instant
from services.domain.notices import NoticeKind, NoticeReason, NoticeState, Recipient
from services.domain.silences import Silence
from services.escalation import handing_over
from services.escalation.deadlines import deadlines_when_accepted, deadlines_when_arrived, without
from services.escalation.pending import nobody_is_pending
from services.escalation.policies import HOLDER, Relation
from services.escalation.reassure import reassured
from services.escalation.routing import NotTold, Route, recipient_of, route, spared
from services.escalation.scene import Move, Scene, change
from services.escalation.silences import PUT_OFF
from services.escalation.steps import (
    anybody,
    begin_again,
    go_on,
    has_failed,
    quiet_end,
    silenced,
    step_due,
    tell_nobody,
)
from services.escalation.telling import key_of, notice_not_sent, notice_to, stand_down
from services.escalation.testing import go_on_as_real, has_reached_nobody, is_test, unanswered


def meet(alert: Alert, scene: Scene) -> Move:
    """Meet the earliest deadline of a running alert that is due; nothing if none is."""
    due = sorted(
        (each for each in alert.deadlines if each.due_at <= scene.now),
        key=lambda each: (each.due_at, each.kind),
    )
    if not due or not alert.is_running:
        return Move(alert)
    silence = scene.silence_over(alert)
    if silence is not None and due[0].kind in PUT_OFF:
        return fall_silent(alert, scene, silence)
    return reassured(alert, _MEETS[due[0].kind](alert, scene), scene)


def call_failed(alert: Alert, scene: Scene) -> Move:
    """What follows when a notice has failed over every channel: nothing, or what would have come at its
    deadline, at once.
    """
    if alert.is_silenced:
        return handing_over.unreached(alert, scene)
    if is_test(alert):
        reached = not has_reached_nobody(alert, scene)
        return Move(alert) if reached else go_on_as_real(alert, scene, ChangeReason.TEST_IN_DOUBT)
    if alert.state is AlertState.OPEN and nobody_is_pending(alert, scene):
        return reassured(alert, go_on(alert, scene, ChangeReason.STEP_FAILED), scene)
    if alert.is_pressed_again and _holder_is_deaf(alert, scene):
        return reassured(alert, _no_answer(alert, scene), scene)
    return handing_over.unreached(alert, scene)


def fall_silent(alert: Alert, scene: Scene, silence: Silence, *, by: str = HOUSE) -> Move:
    """Stop the alert where it stands until the silence is over. Whoever was called and has not answered
    hears that they need not go; whoever has it keeps it and is not asked again before.
    """
    if alert.state is AlertState.OPEN:
        called = stand_down(
            alert,
            scene,
            but=(),
            cause=f"silenced:{silence.id}",
            reason=NoticeReason.SILENCED,
            extra={
                "because": "silenced",
                "holder": scene.name_of(silence.author),
                "until": format_instant(silence.until),
                "why": silence.reason,
            },
        )
        untold = tell_nobody(alert, scene, silence, by=by)
        return Move(untold.alert, untold.changes, called + untold.notices)
    kept = tuple(each for each in alert.deadlines if each.kind not in PUT_OFF)
    quiet = replace(alert, deadlines=(*kept, Deadline(DeadlineKind.SILENCE, silence.until)))
    return Move(quiet, (silenced(quiet, scene, silence, from_state=alert.state, by=by),))


def go_on_after_silence(alert: Alert, scene: Scene, *, by: str = HOUSE) -> Move:
    """The alert that no silence is over any more: what is nobody's is told from the first step on, and
    whoever has it is held to what they would be had they taken it now.
    """
    left = without(alert, DeadlineKind.SILENCE)
    if alert.state is AlertState.OPEN:
        return begin_again(replace(left, declined_by=()), scene, ChangeReason.SILENCE_OVER, by=by)
    following = deadlines_when_accepted if alert.state is AlertState.ACCEPTED else deadlines_when_arrived
    going = replace(left, deadlines=(*left.deadlines, *following(left, scene)))
    said = change(going, scene, ChangeReason.SILENCE_OVER, from_state=alert.state, by=by)
    return Move(going, (said,))


def _silence_due(alert: Alert, scene: Scene) -> Move:
    silence = scene.silence_over(alert)
    if silence is None:
        return go_on_after_silence(alert, scene)
    return Move(put_off(alert, silence))


def put_off(alert: Alert, silence: Silence) -> Alert:
    """A silenced alert whose silence ends at another instant than before."""
    left = without(alert, DeadlineKind.SILENCE)
    return replace(left, deadlines=(*left.deadlines, Deadline(DeadlineKind.SILENCE, silence.until)))


def _remind_of_arrival(alert: Alert, scene: Scene) -> Move:
    left = without(alert, DeadlineKind.ARRIVAL_REMINDER)
    return _remind(left, scene, (HOLDER,), ChangeReason.NOT_ARRIVED_REMINDED)


def _not_arrived(alert: Alert, scene: Scene) -> Move:
    return open_again(alert, scene, ChangeReason.NOT_ARRIVED)


def _not_closed(alert: Alert, scene: Scene) -> Move:
    policy = scene.policy_of(alert)
    ends_at = quiet_end(policy, alert, scene.now, scene)
    left = without(alert, DeadlineKind.CLOSING)
    if ends_at is not None:
        return Move(replace(left, deadlines=(*left.deadlines, Deadline(DeadlineKind.CLOSING, ends_at))))
    if alert.state is not AlertState.ARRIVED:
        return open_again(alert, scene, ChangeReason.NOT_CLOSED)
    following = Deadline(DeadlineKind.CLOSING, scene.now + policy.arrived.every)
    left = replace(left, deadlines=(*left.deadlines, following))
    return _remind(left, scene, policy.arrived.tell, ChangeReason.NOT_CLOSED_REMINDED)


def _no_answer(alert: Alert, scene: Scene) -> Move:
    return open_again(alert, scene, ChangeReason.NOT_ANSWERED_AGAIN)


def open_again(alert: Alert, scene: Scene, reason: ChangeReason) -> Move:
    """The alert is nobody's any more and its policy begins anew, whoever had it included."""
    holder = (alert.accepted_by,) if alert.accepted_by else ()
    return begin_again(replace(alert, declined_by=()), scene, reason, include=holder)


def _remind(alert: Alert, scene: Scene, tell: tuple[Relation | str, ...], reason: ChangeReason) -> Move:
    people: dict[str, Recipient] = {}
    not_told: list[NotTold] = []
    for relation in tell:
        if relation == HOLDER:
            found = _holder(alert, scene)
        else:
            found = route((Relation(relation),), scene, spare=spared(alert))
        people |= {each.key: each for each in found.recipients if each.key not in people}
        not_told += found.not_told
    if not people:
        people = {each.key: each for each in anybody(scene, but={spared(alert)})}
    cause, at_step = f"{reason}@{format_instant(scene.now)}", (alert.step, alert.round)
    notices = tuple(
        notice_to(
            each,
            alert,
            scene,
            kind=NoticeKind.ALERT,
            reason=NoticeReason.REMINDER,
            cause=cause,
            extra={"because": reason.value, "holder": scene.name_of(alert.accepted_by)},
        )
        for each in people.values()
    )
    notices += tuple(notice_not_sent(each, alert, scene, cause=cause, at_step=at_step) for each in not_told)
    said = change(alert, scene, reason, from_state=alert.state, told=[*people])
    return Move(alert, (said,), notices)


def _holder(alert: Alert, scene: Scene) -> Route:
    """Whoever has it; not whom it spares, who took it all the same and is not called for it."""
    holder = scene.worker(alert.accepted_by)
    if holder is None:
        return Route()
    if holder.id == spared(alert):
        return Route(not_told=(NotTold(HOLDER, NoticeReason.CALLED_TOO_OFTEN, holder),))
    if not holder.active:
        return Route(not_told=(NotTold(HOLDER, NoticeReason.INACTIVE, holder),))
    return Route((recipient_of(holder),))


def _recheck(alert: Alert, scene: Scene) -> Move:  # noqa: ARG001 - each deadline is met by the same two
    return Move(without(alert, DeadlineKind.RECHECK))


def _holder_is_deaf(alert: Alert, scene: Scene) -> bool:
    joined = [
        notice
        for notice in scene.notices
        if notice.kind is NoticeKind.JOINED
        and notice.run == alert.run
        and key_of(notice) == alert.accepted_by
        and (notice.state is not NoticeState.NOT_SENT or notice.reason is NoticeReason.NO_CHANNEL)
    ]
    if not joined:
        return False
    newest = joined[-1]
    return has_failed(newest) or newest.reason is NoticeReason.NO_CHANNEL


_MEETS = {
    DeadlineKind.STEP: step_due,
    DeadlineKind.ARRIVAL_REMINDER: _remind_of_arrival,
    DeadlineKind.ARRIVAL: _not_arrived,
    DeadlineKind.CLOSING: _not_closed,
    DeadlineKind.ANSWER_AGAIN: _no_answer,
    DeadlineKind.HANDOVER: handing_over.unanswered,
    DeadlineKind.RECHECK: _recheck,
    DeadlineKind.TEST: unanswered,
    DeadlineKind.SILENCE: _silence_due,
}
