"""Quarantine: messages that could not be taken as events, with their bytes, for whoever can mend the cause.

The bytes are shown as they came, in base64; as text only where they are text.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from services.console.api.fields import Instant, PathId, Shape
from services.console.api.lists import Listed, Part, TextFilter, Wanted, listed
from services.console.callers import Parts, Who
from services.console.gate import GuardedRoute
from services.console.problems import Problem, documented, not_found
from services.console.writing import note, write
from services.domain.ports import UnitOfWork
from services.domain.records import Quarantined, QuarantineReason

router = APIRouter(prefix="/api/v1/quarantine", tags=["quarantine"], route_class=GuardedRoute)
replaying = APIRouter(prefix="/api/v1/quarantine", tags=["quarantine"], route_class=GuardedRoute)
"""Routed only where the wiring hands in how to take a message in again."""

ReasonFilter = Annotated[QuarantineReason | SkipJsonSchema[None], Query()]


class QuarantinedShape(Shape):
    """A message that was set aside."""

    id: str
    number: int
    topic: str
    reason: QuarantineReason
    detail: str
    external_id: str | None
    first_at: Instant
    last_at: Instant
    count: int
    retained: bool
    size: int
    reads_as_press: bool
    replayed_at: Instant | None
    payload_base64: str = Field(description="Its bytes, at most the first 64 KiB.")
    payload_text: str | None = Field(description="The same where it is UTF-8, else null.")


def _shape_of(entry: Quarantined) -> QuarantinedShape:
    try:
        text = entry.payload.decode("utf-8")
    except UnicodeDecodeError:
        text = None
    made = {"payload_base64", "payload_text"}
    plain = {name: getattr(entry, name) for name in QuarantinedShape.model_fields if name not in made}
    return QuarantinedShape(
        **plain, payload_base64=base64.b64encode(entry.payload).decode("ascii"), payload_text=text
    )


@dataclass(frozen=True, slots=True)
class QuarantineWanted(Wanted):
    """By what messages are looked for."""

    topic: TextFilter = None
    reason: ReasonFilter = None
    external_id: TextFilter = None


@router.get("")
def list_quarantine(
    parts: Parts, part: Part, wanted: Annotated[QuarantineWanted, Depends()]
) -> Listed[QuarantinedShape]:
    with parts.store.reading() as uow:
        return listed(uow.quarantine.page, wanted.filters, part, _shape_of)


@router.get("/{entry_id}")
def read_quarantine(parts: Parts, entry_id: PathId) -> QuarantinedShape:
    with parts.store.reading() as uow:
        entry = uow.quarantine.get(entry_id)
        if entry is None:
            raise not_found("quarantined message")
        return _shape_of(entry)


@replaying.post("/{entry_id}/replay", responses=documented(409))
def replay_quarantine(parts: Parts, who: Who, entry_id: PathId) -> QuarantinedShape:
    """Take the message in again, once the decoder or the registration is mended."""
    with parts.store.reading() as uow:
        if uow.quarantine.get(entry_id) is None:
            raise not_found("quarantined message")
    if parts.replay is None or not parts.replay(entry_id):
        raise Problem(409, "still_unreadable", "It still cannot be taken as an event.")

    def work(uow: UnitOfWork) -> QuarantinedShape:
        note(uow, parts, who, "quarantine.replayed", ("quarantine", entry_id))
        entry = uow.quarantine.get(entry_id)
        if entry is None:
            raise not_found("quarantined message")
        return _shape_of(entry)

    return write(parts, work)
