"""Permission: who acts, for whom, what an alert refuses, and how what they did is written into its story.

Rights to call a route are the console's; here stands only what depends on the alert itself. A refusal is
an error that names itself and who can act on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from services.domain.alerts import Alert, AlertChange, ChangeReason
from services.domain.findings import Severity
from services.domain.people import Role, Worker
from services.escalation.scene import Scene, change

MAY_SPEAK_FOR_OTHERS = frozenset({Role.DUTY_DESK, Role.MANAGER, Role.ADMIN})
"""Who may act for somebody who telephoned, and may close a high alert that another has."""


class Refusal(StrEnum):
    """Why an action is not allowed to this person."""

    NO_WORKER = "no_worker"
    """The caller is nobody who can have an alert; name a worker."""
    WORKER_UNKNOWN = "worker_unknown"
    WORKER_INACTIVE = "worker_inactive"
    NOT_FOR_OTHERS = "not_for_others"
    """Only the duty desk, a manager or an admin acts for somebody who telephoned."""
    NOT_THE_HOLDER = "not_the_holder"
    """Somebody else has it, or nobody; the duty desk, a manager or an admin may as well."""
    NOT_ACCEPTED_YET = "not_accepted_yet"
    TOO_LONG = "too_long"
    """More than the policy lets anybody extend by, at a time or in all."""


class NotAllowed(Exception):
    """Not by this person, not to this alert; ``refusal`` says why."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


class AlreadyAccepted(Exception):
    """Another has it."""

    def __init__(self, accepted_by: str) -> None:
        super().__init__(accepted_by)
        self.accepted_by = accepted_by


class AlreadyClosed(Exception):
    """It is over; a new press opens a new alert."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something: ``by`` is written into the change, ``worker_id`` is the worker they act as.

    ``on_behalf_of`` is the worker who telephoned; the action then counts as theirs.
    """

    by: str
    role: Role
    worker_id: str | None = None
    on_behalf_of: str | None = None

    @property
    def person_id(self) -> str | None:
        """Whose action it is."""
        return self.on_behalf_of or self.worker_id

    @property
    def may_speak_for_others(self) -> bool:
        """One of those whom the house trusts with what somebody else has."""
        return self.role in MAY_SPEAK_FOR_OTHERS


def done_by(
    actor: Actor, after: Alert, scene: Scene, reason: ChangeReason, before: Alert, /, **detail: object
) -> AlertChange:
    """The change that an action makes of the alert ``before``; a detail that is None is left out."""
    return change(
        after,
        scene,
        reason,
        from_state=before.state,
        by=actor.by,
        on_behalf_of=actor.on_behalf_of,
        **{name: value for name, value in detail.items() if value is not None},
    )


def person(actor: Actor, scene: Scene) -> Worker:
    """The worker whose action it is; `NotAllowed` if there is none, or not by this caller."""
    if actor.on_behalf_of is not None and not actor.may_speak_for_others:
        raise NotAllowed(Refusal.NOT_FOR_OTHERS)
    if actor.person_id is None:
        raise NotAllowed(Refusal.NO_WORKER)
    worker = scene.worker(actor.person_id)
    if worker is None:
        raise NotAllowed(Refusal.WORKER_UNKNOWN)
    if not worker.active:
        raise NotAllowed(Refusal.WORKER_INACTIVE)
    return worker


def require_running(alert: Alert) -> None:
    """`AlreadyClosed` for a closed one."""
    if not alert.is_running:
        raise AlreadyClosed(alert.id)


def require_hold(alert: Alert, actor: Actor) -> None:
    """`NotAllowed` unless the actor has the alert or may speak for who has it."""
    if actor.on_behalf_of is not None and not actor.may_speak_for_others:
        raise NotAllowed(Refusal.NOT_FOR_OTHERS)
    if alert.accepted_by is None:
        raise NotAllowed(Refusal.NOT_ACCEPTED_YET)
    if alert.accepted_by != actor.person_id and not actor.may_speak_for_others:
        raise NotAllowed(Refusal.NOT_THE_HOLDER)


def require_may_answer_test(alert: Alert, actor: Actor) -> None:
    """`NotAllowed` unless the actor was told of the test, or may speak for who was."""
    if actor.person_id not in alert.owner_ids and not actor.may_speak_for_others:
        raise NotAllowed(Refusal.NOT_THE_HOLDER)


def require_may_close(alert: Alert, actor: Actor) -> None:
    """`NotAllowed` for a high alert that the actor does not have, unless duty desk, manager or admin."""
    if actor.on_behalf_of is not None and not actor.may_speak_for_others:
        raise NotAllowed(Refusal.NOT_FOR_OTHERS)
    has_it = alert.accepted_by is not None and alert.accepted_by == actor.person_id
    if alert.severity is Severity.HIGH and not has_it and not actor.may_speak_for_others:
        raise NotAllowed(Refusal.NOT_THE_HOLDER)
