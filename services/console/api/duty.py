"""Duty: who of a team is on duty at an instant and who is next."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic.json_schema import SkipJsonSchema

from services.console.api.fields import Day, Id, Instant, Shape
from services.console.api.references import Known
from services.console.callers import Parts
from services.console.gate import GuardedRoute
from services.console.rostering import now_and_next
from services.domain.duty import DutyPlan
from services.domain.rosters import Duty

router = APIRouter(prefix="/api/v1/duty", tags=["rosters"], route_class=GuardedRoute)


class DutyShape(Shape):
    """One turn. ``instead_of``: whose it was before a swap; ``on_leave``: whoever has it is not there for at
    least a part of it.
    """

    team_id: str
    worker_id: str
    starts_at: Instant
    ends_at: Instant
    name: str
    roster_id: str | None
    day: Day | None
    shift_id: str | None
    instead_of: str | None
    on_leave: bool


class NowAndNextShape(Shape):
    """Who is on duty now, whose turns those are, and whose begin next. ``as_a_whole``: the team keeps no
    roster. ``on_leave`` would be on duty and are on leave.
    """

    team_id: str
    at: Instant
    as_a_whole: bool
    worker_ids: list[str]
    on_leave: list[str]
    now: list[DutyShape]
    next: list[DutyShape]


def duty_shapes(duties: Iterable[Duty], plan: DutyPlan) -> list[DutyShape]:
    return [
        DutyShape(
            team_id=duty.team_id,
            worker_id=duty.worker_id,
            starts_at=duty.starts_at,
            ends_at=duty.ends_at,
            name=duty.name,
            roster_id=duty.roster_id,
            day=duty.day,
            shift_id=duty.shift_id,
            instead_of=duty.instead_of,
            on_leave=plan.has_leave_in(duty),
        )
        for duty in duties
    ]


@router.get("")
def read_duty(
    parts: Parts,
    team_id: Annotated[Id, Query(description="Of which team.")],
    at: Annotated[Instant | SkipJsonSchema[None], Query(description="When; without it now.")] = None,
) -> NowAndNextShape:
    at = at or parts.clock.now()
    with parts.store.reading() as uow:
        Known(uow).team("team_id", team_id)
        plan, found = now_and_next(uow, team_id, at)
        return NowAndNextShape(
            team_id=team_id,
            at=at,
            as_a_whole=found.as_a_whole,
            worker_ids=[worker.id for worker in found.now],
            on_leave=[worker.id for worker in found.absent],
            now=duty_shapes(found.turns, plan),
            next=duty_shapes(found.next, plan),
        )
