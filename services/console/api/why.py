"""Why a rule came to a Finding about a resident at an instant, or did not.

It answers from what is stored, by the rulebook that was at work then; whom the caller may not see has no
answer.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import StringConstraints
from pydantic.json_schema import SkipJsonSchema

from services.console.acting import language_of
from services.console.api.fields import Id, Instant
from services.console.api.why_shapes import WhyShape, why_shape
from services.console.callers import Parts, Who
from services.console.gate import GuardedRoute
from services.console.problems import Problem, documented, not_found
from services.console.sight import Sight
from services.domain.people import Language
from services.rules.why.stored import why_stored
from services.rules.why.told import UnknownRule

router = APIRouter(prefix="/api/v1", tags=["rules"], route_class=GuardedRoute)

RuleName = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9_.\-]{1,64}(/[A-Za-z0-9_.\-]{1,64})?$"),
    Query(description="The rule's id, or `rulebook/id`."),
]
At = Annotated[Instant, Query(description="Any instant; one whose seconds are 0 is the whole of its minute.")]


@router.get("/why", responses=documented(404))
def why(
    parts: Parts,
    who: Who,
    rule: RuleName,
    resident_id: Annotated[Id, Query()],
    at: At,
    language: Annotated[
        Language | SkipJsonSchema[None], Query(description="Of the words; left out: the caller's.")
    ] = None,
) -> WhyShape:
    with parts.store.reading() as uow:
        resident = uow.residents.get(resident_id)
        if resident is None or not Sight(uow, who).resident(resident):
            raise not_found("resident")
        try:
            answer = why_stored(uow, parts.house.timezone, rule, resident_id, at, parts.clock.now())
        except UnknownRule as unknown:
            raise Problem(404, "not_found", f"{unknown}.".capitalize(), nearest=unknown.nearest) from unknown
    return why_shape(answer, language or language_of(parts, who))
