"""Withdrawing: a fact of an alert that has ended or never was.

An alert closes by itself only while nobody has it, only when nothing it rests on holds any more, and
never if an alarm is among its facts. One about a roster does so whoever has it: nobody is on the way to a
home for it, and the hole is filled. Whoever was told of it is told.
"""

from __future__ import annotations

from dataclasses import replace

from services.domain.alerts import Alert, AlertState, ChangeReason, Outcome
from services.domain.findings import FindingChange, FindingState
from services.domain.notices import NoticeReason
from services.escalation.reassure import reassured
from services.escalation.routing import is_about_duty
from services.escalation.scene import Move, Scene, change
from services.escalation.telling import stand_down

_REASON = {
    FindingState.ENDED: ChangeReason.FACT_ENDED,
    FindingState.WITHDRAWN: ChangeReason.FACT_WITHDRAWN,
}


def fact_changed(finding_change: FindingChange, alert: Alert, scene: Scene) -> Move:
    """The alert after one of its facts has changed; nothing for a closed one or a change it knows already."""
    fact = next((each for each in alert.facts if each.finding_id == finding_change.finding_id), None)
    if fact is None or fact.state is finding_change.state or not alert.is_running:
        return Move(alert)
    facts = tuple(replace(each, state=finding_change.state) if each is fact else each for each in alert.facts)
    alert = replace(alert, facts=facts)
    move = Move(alert)
    if finding_change.state in _REASON:
        said = change(
            alert,
            scene,
            _REASON[finding_change.state],
            from_state=alert.state,
            finding_id=fact.finding_id,
            by_event_id=finding_change.by_event_id,
        )
        move = Move(alert, (said,))
    if is_over_by_itself(alert):
        move = move.then(over_by_itself(alert, scene))
    return move


def is_over_by_itself(alert: Alert) -> bool:
    """Nobody has it or it is about who is on duty, no alarm is among its facts, and none of them holds."""
    return (alert.state is AlertState.OPEN or is_about_duty(alert)) and not any(
        fact.is_alarm or fact.state is FindingState.HOLDS for fact in alert.grounds
    )


def over_by_itself(alert: Alert, scene: Scene) -> Move:
    """The alert, closed because what it rested on is gone; whoever was told of it is told."""
    closed = replace(
        alert,
        state=AlertState.CLOSED,
        closed_at=scene.now,
        outcome=Outcome.OVER_BY_ITSELF,
        deadlines=(),
        owner_ids=(),
        handover_to=None,
    )
    said = change(closed, scene, ChangeReason.OVER_BY_ITSELF, from_state=alert.state)
    notices = stand_down(
        closed,
        scene,
        but=(),
        cause="over",
        reason=NoticeReason.OVER_BY_ITSELF,
        extra={"because": "over_by_itself"},
    )
    return reassured(alert, Move(closed, (said,), notices), scene)
