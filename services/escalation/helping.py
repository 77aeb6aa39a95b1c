"""Helping: somebody asks for help with an alert instead of going, or while they are there.

More people are called at once: nobody waits for the rest of a step. Asked again by the same person it calls
nobody twice.
"""

from __future__ import annotations

from services.domain.alerts import Alert, AlertState, ChangeReason
from services.escalation.holding import decline
from services.escalation.permission import Actor
from services.escalation.scene import Move, Scene
from services.escalation.steps import go_on
from services.escalation.testing import is_test


def ask_for_help(alert: Alert, scene: Scene, actor: Actor, note: str | None = None) -> Move:
    """Not I alone: who has it gives it back and the policy runs anew at once; who was only asked lets the
    next step come now, whoever else was asked. Raises as `decline` does.
    """
    move = decline(alert, scene, actor, note)
    declined = move.alert
    waits_on = (
        not move.is_nothing
        and not is_test(alert)
        and alert.state is AlertState.OPEN
        and declined.state is AlertState.OPEN
        and (declined.step, declined.round) == (alert.step, alert.round)
        and not any(change.reason is ChangeReason.STEP_DUE for change in move.changes)
    )
    return move.then(go_on(declined, scene, ChangeReason.DECLINED)) if waits_on else move
