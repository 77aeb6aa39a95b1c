"""Answering: which of the alerts that somebody was told of waits for them, and the notice that tells them
what became of their reply.

Pure. An answer goes to whoever replied alone, by the channel that they replied by.
"""

from __future__ import annotations

from dataclasses import replace

from services.domain.alerts import Alert, AlertState
from services.domain.identity import derived_id
from services.domain.notices import Notice, NoticeKind, NoticeReason
from services.domain.people import Channel, Worker
from services.escalation.routing import recipient_of
from services.escalation.scene import Scene
from services.escalation.telling import notice_to


def waits_for(alert: Alert, key: str) -> bool:
    """Whether somebody who was told of an alert is still asked for something: nobody has it, they have it, or
    they are asked to take it over.
    """
    if not alert.is_running:
        return False
    return key in {alert.handover_to, alert.accepted_by} or alert.state is AlertState.OPEN


def answer_id(messenger: str, message_id: str) -> str:
    """The id of the notice that answers a message: the same message again is known by it."""
    return derived_id("ntc", "reply", messenger, message_id)


def answer(
    person: Worker, by: Channel, alert: Alert, scene: Scene, notice_id: str, because: str, **extra: str
) -> Notice:
    """What became of a reply, for whoever sent it."""
    notice = notice_to(
        replace(recipient_of(person), channels=(by,)),
        alert,
        scene,
        kind=NoticeKind.ANSWER,
        reason=NoticeReason.ANSWER,
        cause=notice_id,
        extra={"because": because, **extra},
    )
    return replace(notice, id=notice_id)
