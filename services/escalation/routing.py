"""Routing: relations → people, and for everybody who is not told the reason.

It looks at the people as they are at this instant and never remembers them. A missing, inactive or
unreachable person is an answer with a reason, never a gap.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.domain.alerts import Alert
from services.domain.circle import care_team, of_role
from services.domain.notices import CONTACT, NoticeReason, Recipient
from services.domain.people import Channel, Role, Worker
from services.domain.posts import SUBJECT
from services.domain.self_watch import PATH
from services.escalation.policies import Relation, Step
from services.escalation.scene import Scene

HOUSE_RULES = "house:rules"
"""The subject of rules that cannot work: nobody's home is concerned, and whoever manages the house is."""
HOUSE_ROSTERS = SUBJECT
"""What the subjects of rosters with a hole begin with: its policy alone says who is told."""
HOUSE_DESK = "house:duty-desk"
"""The subject of what is wrong with the duty desk itself: its policy says who is told, from the start."""
CALLED_TOO_OFTEN = "house:pages/"
"""What the subjects begin with that are about somebody who is called too often; their id follows."""

_ONE = {Relation.ASSIGNED: "assigned", Relation.BACKUP: "backup", Relation.NEIGHBOUR: "neighbour"}
_SEVERAL = {
    Relation.TEAM_ON_DUTY: "team_on_duty",
    Relation.DUTY_DESK: "duty_desk",
    Relation.TECHNICIAN: "technicians",
    Relation.MANAGER: "managers",
    Relation.ADMIN: "admins",
    Relation.NEIGHBOURING_ON_DUTY: "neighbouring_on_duty",
}

_ROLES = {
    Relation.DUTY_DESK: Role.DUTY_DESK,
    Relation.TECHNICIAN: Role.TECHNICIAN,
    Relation.MANAGER: Role.MANAGER,
    Relation.ADMIN: Role.ADMIN,
}


@dataclass(frozen=True, slots=True)
class NotTold:
    """Somebody, or a place where somebody should be, that a step does not tell, and why."""

    relation: str
    reason: NoticeReason
    worker: Worker | None = None
    contact: str | None = None
    """Somebody of the family, by name."""


@dataclass(frozen=True, slots=True)
class Route:
    """Whom a step tells, each once, and whom not."""

    recipients: tuple[Recipient, ...] = ()
    not_told: tuple[NotTold, ...] = ()


def relations_of(step: Step, alert: Alert, rounds: int, *, is_first: bool) -> tuple[Relation, ...]:
    """Whom a step of the policy means for this alert.

    Nobody is assigned to a device that belongs to no resident, so its alert begins at the duty desk. A
    fault of a device goes to whom the step names for that, a rule that cannot work to the manager, a channel
    that refused a path check to those who can mend it.
    """
    if alert.synthetic:
        return (Relation.EMERGENCY_CONTACT,)  # the loop-back: nobody else ever hears of the house's own press
    if alert.subject == PATH:
        return (Relation.TECHNICIAN, Relation.MANAGER)
    if step.device_faults and is_device_fault(alert):
        return step.device_faults
    if alert.subject == HOUSE_RULES:
        return (Relation.MANAGER,)
    if is_first and alert.resident_id is None and not (is_about_duty(alert) or spared(alert)):
        return (Relation.DUTY_DESK,)
    widened = step.widen is not None and rounds >= step.widen.after_rounds
    return step.tell + (step.widen.tell if step.widen is not None and widened else ())


def is_about_duty(alert: Alert) -> bool:
    """The matter is who is on duty, and no home: its policy says who is told, from the first step on."""
    return alert.subject == HOUSE_DESK or alert.subject.startswith(HOUSE_ROSTERS)


def spared(alert: Alert) -> str:
    """The id of whom an alert does not tell, for it is about their being called too often; else empty."""
    return alert.subject.removeprefix(CALLED_TOO_OFTEN) if alert.subject.startswith(CALLED_TOO_OFTEN) else ""


def is_device_fault(alert: Alert) -> bool:
    """The matter is the device itself, not who lives with it."""
    return alert.subject.startswith("device:") and not alert.has_alarm


def route(
    relations: Iterable[Relation], scene: Scene, *, leave_out: Sequence[str] = (), spare: str = ""
) -> Route:
    """Look up who stands in these relations now; ``leave_out`` are the keys of those who declined, ``spare``
    is somebody who is called too often already.
    """
    recipients: dict[str, Recipient] = {}
    not_told: list[NotTold] = []
    for relation in relations:
        if relation is Relation.EMERGENCY_CONTACT:
            found, missed = _contacts(scene)
            not_told += missed
            recipients |= {each.key: each for each in found}
            continue
        workers = _workers(relation, scene)
        absent = [worker for worker in _on_leave(relation, scene) if worker not in workers]
        not_told += [NotTold(relation, NoticeReason.ON_LEAVE, worker) for worker in absent]
        if not workers and not absent:
            reason = NoticeReason.NOT_ASSIGNED if relation in _ONE else NoticeReason.NOBODY_ON_DUTY
            not_told.append(NotTold(relation, reason))
        for worker in workers:
            why_not = _why_not(worker, recipients, leave_out, scene.circle.on_leave)
            if worker.id == spare:
                why_not = NoticeReason.CALLED_TOO_OFTEN
            if why_not is None:
                recipients[worker.id] = recipient_of(worker)
            else:
                not_told.append(NotTold(relation, why_not, worker))
    return Route(tuple(recipients.values()), tuple(not_told))


def recipient_of(worker: Worker) -> Recipient:
    """Somebody of the house, or a contact of the scene, as they can be told now."""
    if worker.id.startswith(CONTACT):
        return Recipient(worker.name, worker.language, worker.channels, contact=worker.name)
    return Recipient(worker.name, worker.language, worker.channels, worker_id=worker.id)


def last_resort(scene: Scene) -> Recipient:
    """Where a message goes when there is nobody at all; without an address it has no channels."""
    channel = scene.house.last_resort
    return Recipient("", scene.house.language, (channel,) if channel else ())


def _workers(relation: Relation, scene: Scene) -> tuple[Worker, ...]:
    if relation in _ONE:
        worker: Worker | None = getattr(scene.circle, _ONE[relation])
        return (worker,) if worker else ()
    several: tuple[Worker, ...] = getattr(scene.circle, _SEVERAL[relation])
    return several


def _on_leave(relation: Relation, scene: Scene) -> tuple[Worker, ...]:
    """Those of a place that several stand in who would be asked and are on leave."""
    circle = scene.circle
    if relation is Relation.TEAM_ON_DUTY:
        return care_team(circle.on_leave, circle.grid)
    role = _ROLES.get(relation)
    return of_role(circle.on_leave, role) if role is not None else ()


def _contacts(scene: Scene) -> tuple[tuple[Recipient, ...], tuple[NotTold, ...]]:
    """Those of the family who can be told, and those who cannot."""
    resident = scene.circle.resident
    contacts = resident.contacts if resident is not None else ()
    if resident is None or not contacts:
        return (), (NotTold(Relation.EMERGENCY_CONTACT, NoticeReason.NOT_ASSIGNED),)
    language = resident.language or scene.house.language
    ways: dict[str, tuple[Channel, ...]] = {}
    for contact in contacts:  # of two who are called the same, neither is left out
        ways[contact.name] = ways.get(contact.name, ()) + contact.channels
    found = tuple(Recipient(name, language, by, contact=name) for name, by in ways.items() if by)
    missed = tuple(
        NotTold(Relation.EMERGENCY_CONTACT, NoticeReason.NO_CHANNEL, contact=name)
        for name, by in ways.items()
        if not by
    )
    return found, missed


def _why_not(
    worker: Worker, told: Iterable[str], leave_out: Sequence[str], on_leave: Sequence[Worker]
) -> NoticeReason | None:
    if worker.id in told:
        return NoticeReason.DUPLICATE
    if not worker.active:
        return NoticeReason.INACTIVE
    if worker in on_leave:
        return NoticeReason.ON_LEAVE
    if worker.id in leave_out:
        return NoticeReason.DECLINED
    if not worker.channels:
        return NoticeReason.NO_CHANNEL
    return None
