"""Closing: how an alert ends by somebody's word, whatever led to it. Whoever was told hears that it is over,
and the device says so; who may say it is decided before.
"""

from __future__ import annotations

from dataclasses import replace

from services.domain.alerts import Alert, AlertState, ChangeReason, Outcome
from services.escalation.permission import Actor, done_by
from services.escalation.reassure import reassured
from services.escalation.scene import Move, Scene
from services.escalation.telling import stand_down


def closed(alert: Alert, scene: Scene, actor: Actor, outcome: Outcome, note: str | None = None) -> Move:
    """The alert, over with this outcome. Its holder hears of it too, unless it is they who say so: they may
    be on their way.
    """
    by = actor.person_id or actor.by
    over = replace(
        alert,
        state=AlertState.CLOSED,
        closed_at=scene.now,
        closed_by=by,
        outcome=outcome,
        note=note or alert.note,
        deadlines=(),
        owner_ids=(),
        handover_to=None,
    )
    said = done_by(actor, over, scene, ChangeReason.CLOSED, alert, outcome=outcome.value, note=note or None)
    words = {"because": "closed", "holder": scene.name_of(by), "outcome": outcome.value}
    notices = stand_down(over, scene, but={by}, cause="closed", extra=words)
    return reassured(alert, Move(over, (said,), notices), scene)
