"""Hand-overs of the duty desk: what is to be handed over now, who took over from whom and when, and the notes
of the shifts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import Field

from services.console.acting import language_of
from services.console.api.alert_shapes import title_of
from services.console.api.fields import Id, Instant, Note, PathId, Shape
from services.console.api.lists import IdFilter, Listed, Part, Since, TextFilter, Until, Wanted, listed
from services.console.callers import Parts, Who
from services.console.gate import GuardedRoute
from services.console.problems import documented, not_found
from services.console.shift_desk import look, notes_taken, take_over, write_note
from services.console.writing import IdempotencyKey, write_once
from services.domain.alerts import AlertState
from services.domain.findings import Severity
from services.domain.handovers import Handover
from services.domain.ports import UnitOfWork
from services.domain.protection import ProtectionReason
from services.domain.silences import SilenceKind

router = APIRouter(prefix="/api/v1", tags=["handovers"], route_class=GuardedRoute)


class NewHandover(Shape):
    """Who hands the desk over, and who takes it."""

    from_worker_id: Id = Field(description="Who hands over.")
    worker_id: Id | None = Field(default=None, description="Who takes over; left out: the caller's worker.")
    note: Note = ""


class NewShiftNote(Shape):
    """Something that the next shift has to know."""

    text: Annotated[Note, Field(min_length=1)]


class ShiftNoteShape(Shape):
    """A note, as it was written."""

    id: str
    at: Instant
    author: str
    text: str


class HandoverShape(Shape):
    """The desk changed hands."""

    id: str
    from_worker_id: str
    taken_over_by: str
    taken_over_at: Instant
    recorded_by: str
    note: str
    running: list[str] = Field(description="The alerts that ran.")
    unprotected: list[str] = Field(description="The residents who were not protected.")
    notes: list[ShiftNoteShape] = Field(description="What the shift before had written down.")


class TurnShape(Shape):
    """A turn of the desk, by its roster."""

    starts_at: Instant
    ends_at: Instant
    worker_ids: list[str]


class RunningShape(Shape):
    """A running alert: who has it, and what comes next."""

    alert_id: str
    title: str
    severity: Severity
    state: AlertState
    resident_id: str | None
    accepted_by: str | None
    owner_ids: list[str]
    next_due_at: Instant | None


class UnprotectedShape(Shape):
    """A resident who is not protected: why, and whose it is to mend until when."""

    resident_id: str
    reasons: list[ProtectionReason]
    owner_id: str | None
    due_at: Instant | None


class EndingShape(Shape):
    """A silence or an absence that ends in the coming shift, or should have ended."""

    silence_id: str
    kind: SilenceKind
    resident_id: str | None
    device_id: str | None
    until: Instant
    reason: str
    author: str
    overdue: bool = Field(description="An absence from which nobody has returned in time.")


class CurrentShape(Shape):
    """What is to be handed over now."""

    now: Instant
    on_duty: list[str]
    coming: TurnShape | None = Field(description="The turn that is to be taken over; null without a roster.")
    due_at: Instant | None = Field(description="When the manager is told if nobody took it over.")
    until: Instant = Field(description="The end of the coming shift.")
    running: list[RunningShape]
    unprotected: list[UnprotectedShape]
    ending: list[EndingShape]
    notes: list[ShiftNoteShape]
    taken_over: HandoverShape | None = Field(description="The last hand-over.")


@dataclass(frozen=True, slots=True)
class HandoversWanted(Wanted):
    """By what hand-overs are looked for."""

    from_worker_id: IdFilter = None
    taken_over_by: IdFilter = None
    since: Since = None
    until: Until = None


@dataclass(frozen=True, slots=True)
class NotesWanted(Wanted):
    """By what notes are looked for."""

    author: TextFilter = None
    since: Since = None
    until: Until = None


def shape_of(uow: UnitOfWork, handover: Handover) -> HandoverShape:
    """A hand-over with the notes that it took along."""
    return HandoverShape(
        id=handover.id,
        from_worker_id=handover.from_worker_id,
        taken_over_by=handover.taken_over_by,
        taken_over_at=handover.taken_over_at,
        recorded_by=handover.recorded_by,
        note=handover.note,
        running=list(handover.running),
        unprotected=list(handover.unprotected),
        notes=[ShiftNoteShape.model_validate(each) for each in notes_taken(uow, handover)],
    )


@router.get("/handovers")
def list_handovers(
    parts: Parts, part: Part, wanted: Annotated[HandoversWanted, Depends()]
) -> Listed[HandoverShape]:
    with parts.store.reading() as uow:
        return listed(uow.handovers.page, wanted.filters, part, lambda each: shape_of(uow, each))


@router.get("/handovers/current")
def read_current(parts: Parts, who: Who) -> CurrentShape:
    """What is running, who is unprotected, what ends in the coming shift, and the notes of this one."""
    language = language_of(parts, who)
    with parts.store.reading() as uow:
        state = look(uow, parts)
        taken_over = shape_of(uow, state.before[0]) if state.before else None
    return CurrentShape(
        now=state.now,
        on_duty=[worker.id for worker in state.on_duty],
        coming=TurnShape.model_validate(state.coming) if state.coming else None,
        due_at=state.due_at,
        until=state.until,
        running=[
            RunningShape(
                alert_id=alert.id,
                title=title_of(alert, language),
                severity=alert.severity,
                state=alert.state,
                resident_id=alert.resident_id,
                accepted_by=alert.accepted_by,
                owner_ids=list(alert.owner_ids),
                next_due_at=alert.next_due_at,
            )
            for alert in state.running
        ],
        unprotected=[
            UnprotectedShape(
                resident_id=each.resident.id,
                reasons=list(each.protection.reasons),
                owner_id=each.protection.owner_id,
                due_at=each.protection.due_at,
            )
            for each in state.unprotected
        ],
        ending=[
            EndingShape(
                silence_id=each.silence.id,
                kind=each.silence.kind,
                resident_id=each.silence.resident_id,
                device_id=each.silence.device_id,
                until=each.silence.until,
                reason=each.silence.reason,
                author=each.silence.author,
                overdue=each.silence.is_overdue,
            )
            for each in state.ending
        ],
        notes=[ShiftNoteShape.model_validate(each) for each in state.notes],
        taken_over=taken_over,
    )


@router.post("/handovers", status_code=201, response_model=HandoverShape, responses=documented(409))
def create_handover(
    request: Request, parts: Parts, who: Who, body: NewHandover, idempotency_key: IdempotencyKey = None
) -> Response:
    """Take the desk over. Both are named; it is written down for good."""

    def work(uow: UnitOfWork) -> tuple[int, HandoverShape]:
        made = take_over(uow, parts, who, body.from_worker_id, body.worker_id, body.note)
        return 201, shape_of(uow, made)

    return write_once(parts, who, request, idempotency_key, body, work)


@router.get("/handovers/{handover_id}")
def read_handover(parts: Parts, handover_id: PathId) -> HandoverShape:
    with parts.store.reading() as uow:
        handover = uow.handovers.get(handover_id)
        if handover is None:
            raise not_found("handover")
        return shape_of(uow, handover)


@router.get("/handover-notes")
def list_notes(parts: Parts, part: Part, wanted: Annotated[NotesWanted, Depends()]) -> Listed[ShiftNoteShape]:
    with parts.store.reading() as uow:
        return listed(uow.handovers.page_of_notes, wanted.filters, part, ShiftNoteShape.model_validate)


@router.post("/handover-notes", status_code=201, response_model=ShiftNoteShape)
def create_note(
    request: Request, parts: Parts, who: Who, body: NewShiftNote, idempotency_key: IdempotencyKey = None
) -> Response:
    """Write down what the next shift has to know."""

    def work(uow: UnitOfWork) -> tuple[int, ShiftNoteShape]:
        return 201, ShiftNoteShape.model_validate(write_note(uow, parts, who, body.text))

    return write_once(parts, who, request, idempotency_key, body, work)
