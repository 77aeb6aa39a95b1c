"""Shifts: single turns, one worker on duty for one team from an instant up to another; beside rotations."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from services.console.api.fields import Id, Instant, PathId, Shape, changes_of, unset
from services.console.api.lists import IdFilter, Listed, Part, Wanted, listed
from services.console.api.references import Known
from services.console.callers import Parts, Who
from services.console.gate import GuardedRoute
from services.console.problems import documented, not_found, unfit
from services.console.rostering import changed
from services.console.writing import write
from services.domain.instants import format_instant
from services.domain.people import Shift
from services.domain.ports import UnitOfWork

router = APIRouter(prefix="/api/v1/shifts", tags=["shifts"], route_class=GuardedRoute)


class NewShift(Shape):
    """A shift; the instant of its end is no longer part of it."""

    team_id: Id
    worker_id: Id
    starts_at: Instant
    ends_at: Instant


class ShiftChanges(Shape):
    """The changed fields of a shift."""

    team_id: Id = unset()
    worker_id: Id = unset()
    starts_at: Instant = unset()
    ends_at: Instant = unset()


class ShiftShape(NewShift):
    """A shift."""

    id: str


def _checked(uow: UnitOfWork, shift: Shift) -> Shift:
    known = Known(uow)
    known.team("team_id", shift.team_id)
    known.worker("worker_id", shift.worker_id)
    if shift.ends_at <= shift.starts_at:
        raise unfit("ends_at", format_instant(shift.ends_at), "an instant after starts_at")
    return shift


@dataclass(frozen=True, slots=True)
class ShiftsWanted(Wanted):
    """By what shifts are looked for."""

    team_id: IdFilter = None
    worker_id: IdFilter = None


@router.get("")
def list_shifts(parts: Parts, part: Part, wanted: Annotated[ShiftsWanted, Depends()]) -> Listed[ShiftShape]:
    with parts.store.reading() as uow:
        return listed(uow.shifts.page, wanted.filters, part, ShiftShape.model_validate)


@router.post("", status_code=201)
def create_shift(parts: Parts, who: Who, body: NewShift) -> ShiftShape:
    def work(uow: UnitOfWork) -> Shift:
        shift = Shift(parts.new_id("shf"), body.team_id, body.worker_id, body.starts_at, body.ends_at)
        shift = uow.shifts.add(_checked(uow, shift))
        changed(uow, parts, who, "shift.created", ("shift", shift.id))
        return shift

    return ShiftShape.model_validate(write(parts, work))


@router.get("/{shift_id}")
def read_shift(parts: Parts, shift_id: PathId) -> ShiftShape:
    with parts.store.reading() as uow:
        shift = uow.shifts.get(shift_id)
        if shift is None:
            raise not_found("shift")
        return ShiftShape.model_validate(shift)


@router.patch("/{shift_id}", responses=documented(409))
def change_shift(parts: Parts, who: Who, shift_id: PathId, body: ShiftChanges) -> ShiftShape:
    def work(uow: UnitOfWork) -> Shift:
        before = uow.shifts.get(shift_id)
        if before is None:
            raise not_found("shift")
        shift = uow.shifts.save(_checked(uow, replace(before, **changes_of(body))))
        changed(
            uow, parts, who, "shift.changed", ("shift", shift.id), ", ".join(sorted(body.model_fields_set))
        )
        return shift

    return ShiftShape.model_validate(write(parts, work))


@router.delete("/{shift_id}", status_code=204)
def remove_shift(parts: Parts, who: Who, shift_id: PathId) -> Response:
    def work(uow: UnitOfWork) -> None:
        if not uow.shifts.remove(shift_id):
            raise not_found("shift")
        changed(uow, parts, who, "shift.removed", ("shift", shift_id))

    write(parts, work)
    return Response(status_code=204)
