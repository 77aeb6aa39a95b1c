"""Without the store: whom an alarm calls that cannot be stored, and how it stands in the store afterwards.

The first step of the policy and, out of turn, the duty desk, since nobody can answer through a console that
has no store. It decides by the same functions as ever, so what it makes bears the ids that storing makes.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from services.domain.alerts import Alert
from services.domain.findings import Finding
from services.domain.notices import Notice, NoticeKind, NoticeReason, NoticeState, Recipient
from services.escalation.joining import take_in
from services.escalation.policies import Relation
from services.escalation.routing import route
from services.escalation.scene import Move, Scene
from services.escalation.steps import anybody
from services.escalation.telling import CALLS, LAST_RESORT_KEY, key_of, notice_to
from services.escalation.testing import taken_as_real

OUT_OF_TURN = "told_without_store"
"""Why somebody is called whom no step calls, as the notice says it."""


def call_at_once(finding: Finding, running: Alert | None, scene: Scene) -> Move | None:
    """What an alarm does to its alert, and whom it calls now: who is due in any case, and the duty desk.

    None where the alarm is part of the alert already: then everybody is told of it.
    """
    move = take_in(finding, running, scene)
    if move is None:
        return None
    move = taken_as_real(move, scene)
    spoken_to = {key_of(notice) for notice in move.notices if notice.kind in CALLS}
    if scene.is_own:
        return move
    desk = route((Relation.DUTY_DESK,), scene).recipients
    more = tuple(
        out_of_turn(each, move.alert, scene, finding.id) for each in desk if each.key not in spoken_to
    )
    notices = tuple(told(notice) if is_call(notice) else notice for notice in move.notices)
    return replace(move, notices=(*notices, *more))


def call_anybody(alert: Alert, scene: Scene, finding_id: str, *, but: Collection[str]) -> tuple[Notice, ...]:
    """Nobody of those in ``but`` could be reached: the managers, else the admins, else the last resort.

    Nobody is left after the last resort.
    """
    if LAST_RESORT_KEY in but:
        return ()
    return tuple(out_of_turn(each, alert, scene, finding_id) for each in anybody(scene, but=but))


def is_call(notice: Notice) -> bool:
    """Somebody is to go, and to be told now."""
    return notice.kind in CALLS and notice.state is NoticeState.DUE


def told(notice: Notice) -> Notice:
    """The notice, marked as one that was told while it could not be stored."""
    return replace(notice, reason=NoticeReason.TOLD_WITHOUT_STORE)


def out_of_turn(recipient: Recipient, alert: Alert, scene: Scene, finding_id: str) -> Notice:
    """The call to somebody whom no step calls now."""
    return notice_to(
        recipient,
        alert,
        scene,
        kind=NoticeKind.ALERT,
        reason=NoticeReason.TOLD_WITHOUT_STORE,
        cause=f"{OUT_OF_TURN}:{finding_id}",
        extra={"because": OUT_OF_TURN},
    )
