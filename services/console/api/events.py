"""Events: what happened, in the order of storing. Devices report over the wire; here people record what
they know.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from services.console.api.fields import Data, Id, Instant, PathId, Shape
from services.console.api.lists import (
    IdFilter,
    Listed,
    Part,
    Since,
    Synthetic,
    Until,
    Wanted,
    WordFilter,
    listed,
)
from services.console.callers import Parts, Who
from services.console.gate import GuardedRoute
from services.console.problems import documented, not_found
from services.console.recording import Said, record
from services.console.sight import Sight
from services.console.writing import IdempotencyKey, note, write_once
from services.domain.events import Event, Mark, Origin
from services.domain.kinds import RECORDED_KINDS
from services.domain.ports import UnitOfWork

router = APIRouter(prefix="/api/v1/events", tags=["events"], route_class=GuardedRoute)


class NewEvent(Shape):
    """Something that a person says happened."""

    kind: str = Field(json_schema_extra={"enum": [*sorted(RECORDED_KINDS)]})
    resident_id: Id | None = Field(default=None, description="May be left out for `event.retracted` only.")
    occurred_at: Instant | None = Field(
        default=None, description="Up to 400 days back, never ahead; left out: now."
    )
    data: Data = Field(default_factory=dict)


class EventShape(Shape):
    """Something that happened."""

    id: str
    seq: int
    kind: str
    resident_id: str | None
    device_id: str | None
    home_id: str | None
    device_event_id: str | None
    occurred_at: Instant
    received_at: Instant
    time_replaced: bool
    marks: list[Mark]
    data: dict[str, object]
    recorded_by: str | None
    origin: Origin
    synthetic: bool


def shape_of(event: Event) -> EventShape:
    return EventShape.model_validate({name: getattr(event, name) for name in EventShape.model_fields})


@dataclass(frozen=True, slots=True)
class EventsWanted(Wanted):
    """By what events are looked for."""

    resident_id: IdFilter = None
    device_id: IdFilter = None
    kind: WordFilter = None
    origin: Annotated[Origin | SkipJsonSchema[None], Query()] = None
    since: Since = None
    until: Until = None
    synthetic: Synthetic = False


@router.get("")
def list_events(
    parts: Parts, who: Who, part: Part, wanted: Annotated[EventsWanted, Depends()]
) -> Listed[EventShape]:
    with parts.store.reading() as uow:
        return listed(uow.events.page, wanted.filters, part, shape_of, Sight(uow, who).event)


@router.post("", status_code=201, response_model=EventShape, responses=documented(409))
def record_event(
    request: Request, parts: Parts, who: Who, body: NewEvent, idempotency_key: IdempotencyKey = None
) -> Response:
    def work(uow: UnitOfWork) -> tuple[int, EventShape]:
        said = Said(body.kind, body.resident_id, body.occurred_at, body.data)
        event = record(uow, parts, who, said)
        if not event.synthetic:
            note(uow, parts, who, "event.recorded", ("event", event.id), event.kind)
        return 201, shape_of(event)

    return write_once(parts, who, request, idempotency_key, body, work)


@router.get("/{event_id}")
def read_event(parts: Parts, who: Who, event_id: PathId) -> EventShape:
    with parts.store.reading() as uow:
        event = uow.events.get(event_id)
        if event is None or not Sight(uow, who).event(event):
            raise not_found("event")
        return shape_of(event)
