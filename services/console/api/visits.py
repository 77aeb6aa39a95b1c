"""Visits: a view on `visit.completed` events, in the words of those who visit. A visit is recorded once,
as an event.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request
from fastapi.responses import Response
from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from services.console.api.fields import Id, Instant, Note, PathId, Shape, Word
from services.console.api.lists import IdFilter, Listed, Part, Since, Synthetic, Until, Wanted, listed
from services.console.api.references import Known
from services.console.callers import Caller, Parts, Who
from services.console.gate import GuardedRoute
from services.console.parts import Console
from services.console.problems import Problem, documented, not_found
from services.console.recording import Said, record
from services.console.sight import Sight
from services.console.writing import IdempotencyKey, note, write_once
from services.domain.events import Event
from services.domain.identity import derived_id
from services.domain.ports import UnitOfWork

router = APIRouter(prefix="/api/v1/visits", tags=["visits"], route_class=GuardedRoute)

KIND = "visit.completed"

MeantUser = Annotated[
    Id | SkipJsonSchema[None],
    Header(description="The id of the login that this is from: 409 if another is signed in by now."),
]


class NewVisit(Shape):
    """A visit that was made."""

    resident_id: Id
    service: Word | None = Field(default=None, description="助行, 助餐, 助洁, 助医, 代办 …")
    worker_id: Id | None = Field(default=None, description="Who went; left out: the caller.")
    occurred_at: Instant | None = Field(default=None, description="Left out: now.")
    note: Note | None = None


class VisitShape(Shape):
    """A visit that was made; its id is that of its event."""

    id: str
    seq: int
    resident_id: str | None
    service: str | None
    worker_id: str | None
    occurred_at: Instant
    received_at: Instant
    note: str | None
    recorded_by: str | None
    synthetic: bool


def _shape_of(event: Event) -> VisitShape:
    return VisitShape(
        id=event.id,
        seq=event.seq,
        resident_id=event.resident_id,
        service=event.data.get("service"),
        worker_id=event.data.get("worker_id"),
        occurred_at=event.occurred_at,
        received_at=event.received_at,
        note=event.data.get("note"),
        recorded_by=event.recorded_by,
        synthetic=event.synthetic,
    )


@dataclass(frozen=True, slots=True)
class VisitsWanted(Wanted):
    """By what visits are looked for."""

    resident_id: IdFilter = None
    since: Since = None
    until: Until = None
    synthetic: Synthetic = False


@router.get("")
def list_visits(
    parts: Parts, who: Who, part: Part, wanted: Annotated[VisitsWanted, Depends()], worker_id: IdFilter = None
) -> Listed[VisitShape]:
    with parts.store.reading() as uow:
        sight = Sight(uow, who)
        return listed(
            uow.events.page,
            {**wanted.filters, "kind": KIND},
            part,
            _shape_of,
            lambda event: worker_id in {None, event.data.get("worker_id")} and sight.event(event),
        )


@router.post("", status_code=201, response_model=VisitShape, responses=documented(409))
def record_visit(
    request: Request,
    parts: Parts,
    who: Who,
    body: NewVisit,
    idempotency_key: IdempotencyKey = None,
    anxin_user: MeantUser = None,
) -> Response:
    if anxin_user not in {None, user_of(who)}:
        raise Problem(409, "another_user", "Somebody else is signed in by now; nothing was recorded.")
    return write_once(
        parts, who, request, idempotency_key, body, recording(parts, who, body, idempotency_key)
    )


def user_of(who: Caller) -> str:
    """What tells the people who sign in on one phone apart: the id of the login; of a token its name."""
    return who.session.user_id if who.session else who.actor


def recording(
    parts: Console, who: Caller, body: NewVisit, key: str | None
) -> Callable[[UnitOfWork], tuple[int, VisitShape]]:
    """The recording of one visit, as `write_once` takes it.

    A visit with a time and a key is known for good, longer than the answer to the key is remembered: a phone
    that heard no answer may ask again after a week without a line.
    """
    event_id = None
    if key is not None and body.occurred_at is not None:
        event_id = derived_id("evt", "visit", who.actor, key, body.model_dump_json())

    def work(uow: UnitOfWork) -> tuple[int, VisitShape]:
        known = uow.events.get(event_id) if event_id is not None else None
        if known is not None:
            return 201, _shape_of(known)
        Known(uow).worker("worker_id", body.worker_id)
        data = {"service": body.service, "worker_id": body.worker_id or who.worker_id, "note": body.note}
        spoken = {name: value for name, value in data.items() if value is not None}
        event = record(uow, parts, who, Said(KIND, body.resident_id, body.occurred_at, spoken), event_id)
        if not event.synthetic:
            note(uow, parts, who, "visit.recorded", ("event", event.id))
        return 201, _shape_of(event)

    return work


@router.get("/{visit_id}")
def read_visit(parts: Parts, who: Who, visit_id: PathId) -> VisitShape:
    with parts.store.reading() as uow:
        event = uow.events.get(visit_id)
        if event is None or event.kind != KIND or not Sight(uow, who).event(event):
            raise not_found("visit")
        return _shape_of(event)
