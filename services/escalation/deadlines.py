"""Deadlines: what whoever has an alert is held to at each stage, and how far one may be put off.

Each stage has its own; to answer a joined press and to be answered on a handover come beside them. Decides
nothing about what a deadline brings; that is for `stages`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from services.domain.alerts import Alert, AlertState, Deadline, DeadlineKind
from services.escalation.policies import Policy
from services.escalation.scene import Scene

EXTENDED = frozenset({DeadlineKind.ARRIVAL_REMINDER, DeadlineKind.ARRIVAL, DeadlineKind.CLOSING})
"""What 'ten more minutes' puts off."""


def deadlines_when_accepted(alert: Alert, scene: Scene) -> tuple[Deadline, ...]:
    """What somebody who has just accepted is held to; while it is silenced, to nothing before that ends."""
    silence = scene.silence_over(alert)
    if silence is not None:
        return (Deadline(DeadlineKind.SILENCE, silence.until),)
    wait = scene.policy_of(alert).accepted
    kind = DeadlineKind.ARRIVAL if wait.arrival_needed else DeadlineKind.CLOSING
    again = Deadline(kind, scene.now + wait.again_after)
    if wait.remind_after is None:
        return (again,)
    return (Deadline(DeadlineKind.ARRIVAL_REMINDER, scene.now + wait.remind_after), again)


def deadlines_when_arrived(alert: Alert, scene: Scene) -> tuple[Deadline, ...]:
    """What somebody who has just arrived is held to; while it is silenced, to nothing before that ends.
    Somebody who was asked to take over still may.
    """
    asked = tuple(each for each in alert.deadlines if each.kind is DeadlineKind.HANDOVER)
    silence = scene.silence_over(alert)
    if silence is not None:
        return (Deadline(DeadlineKind.SILENCE, silence.until), *asked)
    return (Deadline(DeadlineKind.CLOSING, scene.now + scene.policy_of(alert).arrived.remind_after), *asked)


def awaiting_answer(alert: Alert, scene: Scene) -> Alert:
    """The alert with the deadline by which its holder must answer a joined press; an earlier one stays."""
    if alert.is_pressed_again:
        return alert
    wait = scene.policy_of(alert).pressed_again.answer_within
    deadline = Deadline(DeadlineKind.ANSWER_AGAIN, scene.now + wait)
    return replace(alert, deadlines=(*alert.deadlines, deadline))


def answered(alert: Alert) -> Alert:
    """The alert after its holder has given a sign: a joined press waits no longer."""
    return without(alert, DeadlineKind.ANSWER_AGAIN)


def without(alert: Alert, *kinds: DeadlineKind) -> Alert:
    """The alert without its deadlines of these kinds."""
    return replace(alert, deadlines=tuple(each for each in alert.deadlines if each.kind not in kinds))


def extended(alert: Alert, by_for: timedelta) -> Alert:
    """The alert with what its holder is held to put off."""
    return replace(
        alert,
        deadlines=tuple(
            Deadline(each.kind, each.due_at + by_for) if each.kind in EXTENDED else each
            for each in alert.deadlines
        ),
    )


def may_extend_by(alert: Alert, scene: Scene) -> timedelta:
    """By how much it may be put off now: what the policy allows at a time, within what it allows in all.
    Nothing while it is silenced, for its holder is held to nothing.
    """
    policy = scene.policy_of(alert)
    left = [
        _latest(each.kind, alert, policy, scene.now) - each.due_at
        for each in alert.deadlines
        if each.kind in EXTENDED
    ]
    return max(timedelta(), min([policy.extend_at_most, *left])) if left else timedelta()


def _latest(kind: DeadlineKind, alert: Alert, policy: Policy, now: datetime) -> datetime:
    """The last instant to which a deadline may be put off.

    Until somebody is there it is reckoned from when they accepted, however often they ask. Who is there is
    asked again and again, and each time is a beginning.
    """
    if alert.state is AlertState.ARRIVED:
        return now + max(policy.arrived.remind_after, policy.arrived.every) + policy.extends_in_all
    accepted_at = alert.accepted_at or now
    waits = policy.accepted
    is_reminder = kind is DeadlineKind.ARRIVAL_REMINDER and waits.remind_after is not None
    wait = waits.remind_after if is_reminder else waits.again_after
    return accepted_at + (wait or waits.again_after) + policy.extends_in_all
