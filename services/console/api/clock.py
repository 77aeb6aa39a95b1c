"""The clock of simulated time. Routed only where the clock is a stepped one; devices cannot move it."""

from __future__ import annotations

from fastapi import APIRouter

from services.console.api.fields import Instant, Shape
from services.console.callers import Parts, Who
from services.console.gate import GuardedRoute
from services.console.problems import not_found, unfit
from services.console.writing import note, write
from services.domain.instants import format_instant

router = APIRouter(prefix="/api/v1/clock", tags=["clock"], route_class=GuardedRoute)


class MoveTo(Shape):
    """Up to when."""

    to: Instant


class SteppedShape(Shape):
    """Where time stands, and how many findings and notices came of the way there."""

    now: Instant
    findings: int
    notices: int


@router.post("")
def move_clock(parts: Parts, who: Who, body: MoveTo) -> SteppedShape:
    """Meet every deadline up to `to` in order; answered when all that follows is done."""
    if parts.stepper is None:
        raise not_found("clock to be moved")
    now = parts.clock.now()
    if body.to < now:
        raise unfit("to", format_instant(body.to), f"an instant not before {format_instant(now)}")
    stepped = parts.stepper.advance(body.to)
    write(parts, lambda uow: note(uow, parts, who, "clock.moved", ("clock", format_instant(stepped.now))))
    return SteppedShape.model_validate(stepped)
