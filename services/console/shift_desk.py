"""The shift desk: what one shift of the duty desk hands to the next, gathered from one moment of the store;
and the act of taking over.

Whoever takes over and whoever hands over are both named, by whom it was written down stands in the audit.
It decides nothing about an alert: who has one has it, whoever sits at the desk.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.console.callers import Caller
from services.console.parts import Console
from services.console.problems import Problem, unfit
from services.console.protections import Watch
from services.console.sight import every
from services.console.writing import note as audit
from services.domain.alerts import Alert, AlertState
from services.domain.handovers import (
    DeskShift,
    Handover,
    ShiftNote,
    desk_duties,
    desk_shifts,
    is_taken_over,
    newest_begun,
)
from services.domain.instants import format_instant
from services.domain.people import Resident, Role, Worker
from services.domain.ports import Topic, UnitOfWork
from services.domain.protection import Protection, ProtectionState
from services.domain.silences import Silence, SilenceKind
from services.escalation.assignments import ShiftHandover
from services.escalation.permission import MAY_SPEAK_FOR_OTHERS

LOOKS_BACK = timedelta(days=2)
"""How far back the roster, and notes of a desk that never handed over, are read."""
LOOKS_AHEAD = timedelta(days=8)
"""How far ahead the next turn is looked for: past a week in which nobody sits there."""
MOST_NOTES = 100
SHOWN_BEFORE = 5
"""Hand-overs that are shown: yesterday's and the day before's."""
HAS_IT = "has_the_desk"
"""The code of the refusal of who has the desk and takes it over again."""
_WAITS = {AlertState.OPEN: 0, AlertState.ACCEPTED: 1, AlertState.ARRIVED: 2}


@dataclass(frozen=True, slots=True)
class Ending:
    """Something that is left out for a while and comes back in the coming shift, or should be back already:
    a silence, or somebody's time away.
    """

    silence: Silence
    who: str
    """Whom or what it is about, as people call it."""

    @property
    def is_away(self) -> bool:
        """Somebody is not at home; else somebody asked the house to tell nobody."""
        return self.silence.kind is SilenceKind.AWAY


@dataclass(frozen=True, slots=True)
class Unprotected:
    """A resident who is not watched over as they should be, with why and whose it is to mend."""

    resident: Resident
    protection: Protection


@dataclass(frozen=True, slots=True)
class ShiftState:
    """All that the next shift has to know. ``coming`` is the turn that is to be taken over, None where no
    roster says so; ``due_at`` is when the manager is told.
    """

    now: datetime
    on_duty: tuple[Worker, ...]
    coming: DeskShift | None
    until: datetime
    due_at: datetime | None
    running: tuple[Alert, ...]
    unprotected: tuple[Unprotected, ...]
    ending: tuple[Ending, ...]
    notes: tuple[ShiftNote, ...]
    before: tuple[Handover, ...]
    held: Handover | None
    """By which somebody has the desk, until its next turn can be taken over."""

    @property
    def is_overdue(self) -> bool:
        """A turn has begun, its time for taking over is up, and nobody did."""
        return self.due_at is not None and self.due_at <= self.now


def look(uow: UnitOfWork, parts: Console) -> ShiftState:
    """What is to be handed over now."""
    now = parts.clock.now()
    terms = parts.gathering.policies().assignments.shift_handover
    before = uow.handovers.newest(SHOWN_BEFORE)
    overlap = terms.may_begin_before if terms else timedelta()
    workers = uow.workers.all()
    plan = uow.people.plan(now - LOOKS_BACK, now + LOOKS_AHEAD)
    turns = desk_shifts(desk_duties(plan, workers, now - LOOKS_BACK, now + LOOKS_AHEAD), overlap)
    newest = next(iter(before), None)
    coming = _coming(turns, newest, overlap, now)
    ahead = terms.looks_ahead if terms else LOOKS_BACK
    until = coming.ends_at if coming is not None and coming.ends_at > now else now + ahead
    running = tuple(sorted(_running(uow), key=_urgency))
    return ShiftState(
        now=now,
        on_duty=plan.on_duty([each for each in workers if each.role is Role.DUTY_DESK], now),
        coming=coming,
        until=until,
        due_at=_due_at(coming, terms),
        running=running,
        unprotected=tuple(_unprotected(uow, parts, now, running)),
        ending=tuple(_ending(uow, until)),
        notes=tuple(uow.handovers.notes(before[0].taken_over_at if before else now - LOOKS_BACK, MOST_NOTES)),
        before=tuple(before),
        held=_held(newest, coming.starts_at - overlap if coming else None, ahead, now),
    )


def notes_taken(uow: UnitOfWork, handover: Handover) -> list[ShiftNote]:
    """What the shift before had written down, which whoever took over has to know."""
    return uow.handovers.notes_taken(handover, handover.taken_over_at - LOOKS_BACK, MOST_NOTES)


def take_over(
    uow: UnitOfWork, parts: Console, who: Caller, from_worker_id: str, worker_id: str | None, note: str
) -> Handover:
    """``worker_id``, unless it is said the caller's worker, takes the desk over from ``from_worker_id``.

    Who has it already is refused: a second hand-over would say of a shift that it ended.
    """
    taker = _of_the_desk(uow, "worker_id", worker_id or who.worker_id)
    giver = _of_the_desk(uow, "from_worker_id", from_worker_id)
    state = look(uow, parts)
    if state.held is not None and state.held.taken_over_by == taker.id:
        since = format_instant(state.held.taken_over_at)
        raise Problem(409, HAS_IT, f"{taker.name} has the desk already, since {since}.")
    handover = uow.handovers.add(
        Handover(
            id=parts.new_id("hnd"),
            from_worker_id=giver.id,
            taken_over_by=taker.id,
            taken_over_at=state.now,
            recorded_by=who.actor,
            note=note,
            running=tuple(alert.id for alert in state.running),
            unprotected=tuple(each.resident.id for each in state.unprotected),
        )
    )
    audit(uow, parts, who, "shift.taken_over", ("handover", handover.id), f"{taker.id} from {giver.id}")
    uow.wake_after(Topic.ALERTS)
    return handover


def write_note(uow: UnitOfWork, parts: Console, who: Caller, text: str) -> ShiftNote:
    """A note for whoever comes next."""
    noted = uow.handovers.add_note(ShiftNote(parts.new_id("nte"), parts.clock.now(), who.name, text))
    audit(uow, parts, who, "shift.noted", ("shift_note", noted.id))
    return noted


def desk_people(uow: UnitOfWork) -> list[Worker]:
    """Who can hand over or take over: the duty desk first, then managers and administrators."""
    order = (Role.DUTY_DESK, Role.MANAGER, Role.ADMIN)
    people = [each for each in uow.workers.all() if each.active and each.role in MAY_SPEAK_FOR_OTHERS]
    return sorted(people, key=lambda each: (order.index(each.role), each.name, each.id))


def _of_the_desk(uow: UnitOfWork, field: str, worker_id: str | None) -> Worker:
    worker = uow.workers.get(worker_id) if worker_id else None
    if worker is None or worker.role not in MAY_SPEAK_FOR_OTHERS:
        raise unfit(field, worker_id, "the id of a worker of the duty desk, a manager or an admin")
    if field == "worker_id" and not worker.active:
        raise unfit(field, worker_id, "the id of a worker who is active")
    return worker


def _coming(
    turns: Sequence[DeskShift], newest: Handover | None, overlap: timedelta, now: datetime
) -> DeskShift | None:
    """The turn that is to be taken over: the one that has begun, unless it was; then the next."""
    begun = newest_begun(turns, now)
    if begun is not None and begun.ends_at > now and not is_taken_over(begun, newest, overlap):
        return begun
    ahead = (turn for turn in turns if turn.starts_at > now and not is_taken_over(turn, newest, overlap))
    return next(ahead, None)


def _held(
    newest: Handover | None, next_from: datetime | None, ahead: timedelta, now: datetime
) -> Handover | None:
    """The newest hand-over until ``next_from``; where no roster says a next turn, for as long as a shift."""
    if newest is None:
        return None
    return newest if now < (next_from or newest.taken_over_at + ahead) else None


def _due_at(coming: DeskShift | None, terms: ShiftHandover | None) -> datetime | None:
    return coming.starts_at + terms.taken_over_within if coming is not None and terms is not None else None


def _running(uow: UnitOfWork) -> Iterable[Alert]:
    filters = {"state": "running", "synthetic": False}
    return every(lambda after, limit: uow.alerts.page_in_brief(filters, after, limit))


def _urgency(alert: Alert) -> tuple[object, ...]:
    """By state, who waits for somebody first; in each the graver, then the longer."""
    waits = 0 if alert.is_pressed_again else _WAITS.get(alert.state, len(_WAITS))
    return (waits, -alert.severity.rank, alert.opened_at, alert.number)


def _unprotected(
    uow: UnitOfWork, parts: Console, now: datetime, running: Sequence[Alert]
) -> Iterable[Unprotected]:
    """Whoever has a gap; those with a running alert stand among the alerts."""
    alerts: dict[str, list[Alert]] = defaultdict(list)
    for alert in running:
        alerts[alert.resident_id or ""].append(alert)
    watch = Watch(uow, parts, now, devices=uow.devices.all())
    for resident in uow.residents.all():
        if resident.synthetic or (resident.left_at is not None and resident.left_at <= now):
            continue
        protection = watch.protection(resident, alerts.get(resident.id, []))
        if protection.state is ProtectionState.UNPROTECTED:
            yield Unprotected(resident, protection)


def _ending(uow: UnitOfWork, until: datetime) -> Iterable[Ending]:
    """The nearest end first; those who are not back in time stand before them all."""
    for silence in uow.silences.ending(until):
        resident = uow.residents.get(silence.resident_id or "")
        device = uow.devices.get(silence.device_id or "")
        if not silence.synthetic:
            who = resident.name if resident else device.external_id if device else silence.subject
            yield Ending(silence, who)
