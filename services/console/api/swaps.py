"""Swaps and leave: who does a turn instead of whom, and who is not there for the house."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from services.console.api.fields import Day, Id, Instant, Line, PathId, Shape, Text
from services.console.api.lists import IdFilter, Listed, Part, Wanted, listed
from services.console.callers import Parts, Who
from services.console.gate import GuardedRoute
from services.console.problems import not_found
from services.console.rostering import WantedSwap, add_swap, changed, checked_leave
from services.console.writing import write
from services.domain.ports import UnitOfWork
from services.domain.rosters import Leave, Swap

router = APIRouter(prefix="/api/v1", tags=["rosters"], route_class=GuardedRoute)


class NewSwap(Shape):
    """One turn of ``worker_id`` is done by ``instead_id``: that of a roster which begins on the local
    ``day``, or a single shift.
    """

    instead_id: Id
    worker_id: Id | None = None
    roster_id: Id | None = None
    day: Day | None = None
    shift_id: Id | None = None
    reason: Line = ""


class SwapShape(Shape):
    """A swap."""

    id: str
    team_id: str
    worker_id: str
    instead_id: str
    by: str
    made_at: Instant
    roster_id: str | None
    day: Day | None
    shift_id: str | None
    reason: str


class NewLeave(Shape):
    """Somebody is not there for the house; the instant of its end is no longer part of it."""

    worker_id: Id
    starts_at: Instant
    ends_at: Instant
    reason: Text


class LeaveShape(NewLeave):
    """A leave."""

    id: str
    by: str
    made_at: Instant


@dataclass(frozen=True, slots=True)
class SwapsWanted(Wanted):
    """By what swaps are looked for."""

    team_id: IdFilter = None
    worker_id: IdFilter = None
    instead_id: IdFilter = None


@dataclass(frozen=True, slots=True)
class LeavesWanted(Wanted):
    """By what leaves are looked for."""

    worker_id: IdFilter = None


@router.get("/swaps")
def list_swaps(parts: Parts, part: Part, wanted: Annotated[SwapsWanted, Depends()]) -> Listed[SwapShape]:
    with parts.store.reading() as uow:
        return listed(uow.swaps.page, wanted.filters, part, SwapShape.model_validate)


@router.post("/swaps", status_code=201)
def create_swap(parts: Parts, who: Who, body: NewSwap) -> SwapShape:
    wanted = WantedSwap(body.instead_id, body.worker_id, body.roster_id, body.day, body.shift_id, body.reason)
    return SwapShape.model_validate(write(parts, lambda uow: add_swap(uow, parts, who, wanted)))


@router.get("/swaps/{swap_id}")
def read_swap(parts: Parts, swap_id: PathId) -> SwapShape:
    with parts.store.reading() as uow:
        found: Swap | None = uow.swaps.get(swap_id)
        if found is None:
            raise not_found("swap")
        return SwapShape.model_validate(found)


@router.delete("/swaps/{swap_id}", status_code=204)
def remove_swap(parts: Parts, who: Who, swap_id: PathId) -> Response:
    def work(uow: UnitOfWork) -> None:
        if not uow.swaps.remove(swap_id):
            raise not_found("swap")
        changed(uow, parts, who, "swap.removed", ("swap", swap_id))

    write(parts, work)
    return Response(status_code=204)


@router.get("/leaves")
def list_leaves(parts: Parts, part: Part, wanted: Annotated[LeavesWanted, Depends()]) -> Listed[LeaveShape]:
    with parts.store.reading() as uow:
        return listed(uow.leaves.page, wanted.filters, part, LeaveShape.model_validate)


@router.post("/leaves", status_code=201)
def create_leave(parts: Parts, who: Who, body: NewLeave) -> LeaveShape:
    def work(uow: UnitOfWork) -> Leave:
        leave = Leave(
            parts.new_id("lea"),
            body.worker_id,
            body.starts_at,
            body.ends_at,
            body.reason,
            who.actor,
            parts.clock.now(),
        )
        leave = uow.leaves.add(checked_leave(uow, leave))
        changed(uow, parts, who, "leave.created", ("leave", leave.id))
        return leave

    return LeaveShape.model_validate(write(parts, work))


@router.get("/leaves/{leave_id}")
def read_leave(parts: Parts, leave_id: PathId) -> LeaveShape:
    with parts.store.reading() as uow:
        found: Leave | None = uow.leaves.get(leave_id)
        if found is None:
            raise not_found("leave")
        return LeaveShape.model_validate(found)


@router.delete("/leaves/{leave_id}", status_code=204)
def remove_leave(parts: Parts, who: Who, leave_id: PathId) -> Response:
    def work(uow: UnitOfWork) -> None:
        if not uow.leaves.remove(leave_id):
            raise not_found("leave")
        changed(uow, parts, who, "leave.removed", ("leave", leave_id))

    write(parts, work)
    return Response(status_code=204)
