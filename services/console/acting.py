"""Acting: one thing that somebody does about an alert, from whoever asked to what is stored.

Decides in whose name it is done, and what of it could be done now; what it means is escalation's. Forms and
API go through here alike.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from services.console.callers import Caller
from services.console.parts import Console
from services.console.problems import Problem, not_found, unfit
from services.console.sight import Sight
from services.console.writing import note as audit
from services.domain.alerts import Alert, Outcome
from services.domain.people import Language, Worker
from services.domain.ports import AlreadyThere, Conflict, UnitOfWork
from services.domain.records import RememberedAnswer
from services.escalation import actions, handing_over, helping, holding, testing
from services.escalation.deadlines import may_extend_by
from services.escalation.gathering import store_move
from services.escalation.permission import (
    MAY_SPEAK_FOR_OTHERS,
    Actor,
    AlreadyAccepted,
    AlreadyClosed,
    NotAllowed,
    Refusal,
)
from services.escalation.scene import Move, Scene


class Action(StrEnum):
    """What can be done about an alert."""

    ACCEPT = "accept"
    ARRIVE = "arrive"
    CLOSE = "close"
    DECLINE = "decline"
    HANDOVER = "handover"
    EXTEND = "extend"
    NOTE = "note"
    REAL = "real"
    HELP = "help"


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody wants done about which alert, and in whose name."""

    action: Action
    alert_id: str
    worker_id: str | None = None
    on_behalf_of: str | None = None
    note: str | None = None
    outcome: Outcome = Outcome.OTHER
    to: str = ""
    by_for: timedelta = timedelta()
    as_test: bool = False
    """Whether whoever says it was shown a test: what answers a test takes no call for help."""


_DECISIONS: Mapping[Action, Callable[[Alert, Scene, Actor, Deed], Move]] = {
    Action.ACCEPT: lambda alert, scene, actor, _: actions.accept(alert, scene, actor),
    Action.ARRIVE: lambda alert, scene, actor, _: actions.arrive(alert, scene, actor),
    Action.CLOSE: lambda alert, scene, actor, deed: actions.close(
        alert, scene, actor, deed.outcome, deed.note
    ),
    Action.DECLINE: lambda alert, scene, actor, deed: holding.decline(alert, scene, actor, deed.note),
    Action.HANDOVER: lambda alert, scene, actor, deed: handing_over.handover(alert, scene, actor, deed.to),
    Action.EXTEND: lambda alert, scene, actor, deed: holding.extend(alert, scene, actor, deed.by_for),
    Action.REAL: lambda alert, scene, actor, _: testing.say_real(alert, scene, actor),
    Action.HELP: lambda alert, scene, actor, deed: helping.ask_for_help(alert, scene, actor, deed.note),
    Action.NOTE: lambda alert, scene, actor, deed: holding.note(alert, scene, actor, deed.note or ""),
}

_WRONG_FIELD: Mapping[Refusal, tuple[str, str]] = {
    Refusal.NO_WORKER: ("worker_id", "the id of the worker who acts, for the caller is none"),
    Refusal.WORKER_UNKNOWN: ("to_worker_id", "the id of a worker"),
    Refusal.WORKER_INACTIVE: ("to_worker_id", "the id of a worker who is active"),
    Refusal.TOO_LONG: ("minutes", "no longer than the policy allows, at a time and in all"),
}
_WORDS: Mapping[Refusal, str] = {
    Refusal.NOT_FOR_OTHERS: "Only the duty desk, a manager or an admin acts for somebody else.",
    Refusal.NOT_THE_HOLDER: "Only who has it, the duty desk, a manager or an admin may do this.",
    Refusal.NOT_ACCEPTED_YET: "Nobody has it yet; it has to be accepted first.",
}


ONLY_ONCE = frozenset({Action.CLOSE, Action.EXTEND, Action.NOTE})
"""What a form that is sent twice would do twice, or be refused; repeating the others changes nothing."""


_ANSWERS = frozenset({Action.ACCEPT, Action.ARRIVE, Action.CLOSE})


def act(uow: UnitOfWork, parts: Console, who: Caller, deed: Deed) -> Alert:
    """Do it, and write into the audit that it was done; `Problem` says why not. A repeat changes nothing."""
    alert = uow.alerts.get(deed.alert_id)
    if alert is None or not Sight(uow, who).alert(alert):
        raise not_found("alert")
    return carry_out(uow, parts, who, deed, alert)


def carry_out(uow: UnitOfWork, parts: Console, who: Caller, deed: Deed, alert: Alert) -> Alert:
    """As `act`, by somebody of whom it is known already that the alert is theirs to answer."""
    actor = _actor(uow, who, deed)
    scene = parts.gathering.around_alert(uow, alert, parts.clock.now())
    if deed.as_test and deed.action in _ANSWERS and _is_real_by_now(alert, scene):
        raise Problem(409, "real_by_now", "It is no test any more; nothing was taken.")
    try:
        move = _DECISIONS[deed.action](alert, scene, actor, deed)
    except AlreadyAccepted as error:
        raise Problem(
            409, "already_accepted", "Somebody else has it.", accepted_by=error.accepted_by
        ) from error
    except AlreadyClosed as error:
        raise Problem(409, "already_closed", "It is closed.") from error
    except NotAllowed as error:
        raise _refused(error.refusal, deed, may_extend_by(alert, scene)) from error
    alert = store_move(uow, alert, move)
    if not move.is_nothing and not alert.synthetic:
        detail = f"on behalf of {deed.on_behalf_of}" if deed.on_behalf_of else ""
        audit(uow, parts, who, f"alert.{deed.action.value}", ("alert", alert.id), detail)
    return alert


Does = Callable[[UnitOfWork, Console, Caller, Deed], Alert]


def act_once(
    uow: UnitOfWork, parts: Console, who: Caller, deed: Deed, sent_from: str, does: Does = act
) -> None:
    """As `act`, for a form that may be sent twice: ``sent_from`` names the state of the page it stood on, and
    the same from there is done once, for a day. ``does`` is how it is done.
    """
    if deed.action not in ONLY_ONCE or not sent_from:
        does(uow, parts, who, deed)
        return
    asked = hashlib.sha256(repr(deed).encode()).hexdigest()
    key = f"{who.actor}\nform\n{deed.alert_id}\n{deed.action}\n{sent_from}\n{asked}"
    if uow.remembered.get(key) is not None:
        return
    does(uow, parts, who, deed)
    try:
        uow.remembered.add(RememberedAnswer(key, asked, 303, "", parts.clock.now()))
    except AlreadyThere as error:
        raise Conflict from error


def would_do_something(alert: Alert, scene: Scene, actor: Actor, deed: Deed) -> bool:
    """Whether a deed would be allowed now and not be a mere repeat: only that is worth being offered."""
    try:
        return not _DECISIONS[deed.action](alert, scene, actor, deed).is_nothing
    except (AlreadyAccepted, AlreadyClosed, NotAllowed):
        return False


def language_of(parts: Console, who: Caller) -> Language:
    """In which language somebody reads: their own, else the house's."""
    return who.worker.language if who.worker else parts.house.language


def _is_real_by_now(alert: Alert, scene: Scene) -> bool:
    """Whoever meant to answer a test goes nowhere: taken by them, a call for help would stand still."""
    return alert.is_running and not (testing.is_test(alert) and testing.overdue(alert, scene).is_nothing)


def _actor(uow: UnitOfWork, who: Caller, deed: Deed) -> Actor:
    worker_id = deed.worker_id or who.worker_id
    if deed.worker_id is not None and deed.worker_id != who.worker_id:
        worker = _active(uow, "worker_id", deed.worker_id)
        stands_for = who.speaks_for_role and worker.role is who.role
        if who.role not in MAY_SPEAK_FOR_OTHERS and not stands_for:
            raise Problem(403, "not_for_others", _WORDS[Refusal.NOT_FOR_OTHERS])
    if deed.on_behalf_of is not None:
        if who.role not in MAY_SPEAK_FOR_OTHERS:
            raise Problem(403, "not_for_others", _WORDS[Refusal.NOT_FOR_OTHERS])
        _active(uow, "on_behalf_of", deed.on_behalf_of)
    return Actor(
        by=worker_id or who.actor, role=who.role, worker_id=worker_id, on_behalf_of=deed.on_behalf_of
    )


def _active(uow: UnitOfWork, field: str, worker_id: str) -> Worker:
    worker = uow.workers.get(worker_id)
    if worker is None or not worker.active:
        raise unfit(field, worker_id, "the id of a worker who is active")
    return worker


def _refused(refusal: Refusal, deed: Deed, most: timedelta) -> Problem:
    wrong = _WRONG_FIELD.get(refusal)
    if wrong is not None:
        field, expected = wrong
        if refusal is Refusal.TOO_LONG:
            expected = f"{expected}, now at most {most // timedelta(minutes=1)}"
        found = {"to_worker_id": deed.to, "minutes": str(deed.by_for)}.get(field)
        return unfit(field, found, expected)
    status = 409 if refusal is Refusal.NOT_ACCEPTED_YET else 403
    return Problem(status, refusal.value, _WORDS[refusal])
