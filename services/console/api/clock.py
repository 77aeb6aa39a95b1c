"""The clock of simulated time. Routed only where the clock is a stepped one; devices cannot move it."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter
from fastapi.responses import Response

from services.console.api.fields import Instant, Shape
from services.console.callers import Parts, Who
from services.console.gate import GuardedRoute
from services.console.parts import Journey
from services.console.problems import not_found, unfit
from services.console.writing import note, write
from services.domain.instants import format_instant

router = APIRouter(prefix="/api/v1/clock", tags=["clock"], route_class=GuardedRoute)


class MoveTo(Shape):
    """Up to when; how long what devices say of a later instant waits for that instant; and whether time stops
    where somebody is told.
    """

    to: Instant
    as_claimed_until: Instant | None = None
    stop: Literal["told"] | None = None


class SteppedShape(Shape):
    """Where time stands, and how many findings and notices came of the way there."""

    now: Instant
    findings: int
    notices: int


@router.post("", response_model=SteppedShape)
def move_clock(parts: Parts, who: Who, body: MoveTo) -> Response:
    """Meet every deadline up to `to` in order; answered when all that follows is done.

    With `"stop": "told"` it is answered at the first instant at which somebody was told, which may lie before
    `to`. With `as_claimed_until` a message of a device arrives at the instant that it claims, if that lies
    between the clock's time and this one; any other arrives when it comes.
    """
    if parts.stepper is None:
        raise not_found("clock to be moved")
    now = parts.clock.now()
    if body.to < now:
        raise unfit("to", format_instant(body.to), f"an instant not before {format_instant(now)}")
    if body.as_claimed_until is not None and body.as_claimed_until < now:
        expected = f"an instant not before {format_instant(now)}"
        raise unfit("as_claimed_until", format_instant(body.as_claimed_until), expected)
    stepped = parts.stepper.advance(Journey(body.to, body.as_claimed_until, body.stop == "told"))
    write(parts, lambda uow: note(uow, parts, who, "clock.moved", ("clock", format_instant(stepped.now))))
    said = SteppedShape.model_validate(stepped).model_dump_json(by_alias=True)
    return Response(said, media_type="application/json")
