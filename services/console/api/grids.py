"""Grids (网格): the parts of a community, each with the team that looks after it and its neighbours."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import Field

from services.console.api.fields import Id, Name, PathId, Shape, changes_of, unset
from services.console.api.lists import IdFilter, Listed, Part, Wanted, listed
from services.console.api.references import Known
from services.console.callers import Parts, Who
from services.console.gate import GuardedRoute
from services.console.problems import documented, not_found
from services.console.writing import note, write
from services.domain.homes import Grid
from services.domain.ports import UnitOfWork

router = APIRouter(prefix="/api/v1/grids", tags=["grids"], route_class=GuardedRoute)

Neighbouring = Annotated[list[Id], Field(max_length=50)]


class NewGrid(Shape):
    """A grid."""

    name: Name
    team_id: Id | None = None
    neighbouring_ids: Neighbouring = Field(
        default_factory=list, description="Grids whose people are asked when a duty desk stays silent."
    )


class GridChanges(Shape):
    """The changed fields of a grid."""

    name: Name = unset()
    team_id: Id | None = None
    neighbouring_ids: Neighbouring | None = None


class GridShape(Shape):
    """A grid."""

    id: str
    name: str
    team_id: str | None
    neighbouring_ids: list[str]


def _fields(uow: UnitOfWork, body: NewGrid | GridChanges) -> dict[str, Any]:
    known = Known(uow)
    known.team("team_id", body.team_id)
    for number, grid_id in enumerate(body.neighbouring_ids or []):
        known.grid(f"neighbouring_ids.{number}", grid_id)
    fields = changes_of(body)
    if "neighbouring_ids" in fields:
        fields["neighbouring_ids"] = tuple(dict.fromkeys(body.neighbouring_ids or []))
    return fields


@dataclass(frozen=True, slots=True)
class GridsWanted(Wanted):
    """By what grids are looked for."""

    team_id: IdFilter = None


@router.get("")
def list_grids(parts: Parts, part: Part, wanted: Annotated[GridsWanted, Depends()]) -> Listed[GridShape]:
    with parts.store.reading() as uow:
        return listed(uow.grids.page, wanted.filters, part, GridShape.model_validate)


@router.post("", status_code=201)
def create_grid(parts: Parts, who: Who, body: NewGrid) -> GridShape:
    def work(uow: UnitOfWork) -> Grid:
        grid = uow.grids.add(replace(Grid(parts.new_id("grd"), body.name), **_fields(uow, body)))
        note(uow, parts, who, "grid.created", ("grid", grid.id))
        return grid

    return GridShape.model_validate(write(parts, work))


@router.get("/{grid_id}")
def read_grid(parts: Parts, grid_id: PathId) -> GridShape:
    with parts.store.reading() as uow:
        grid = uow.grids.get(grid_id)
        if grid is None:
            raise not_found("grid")
        return GridShape.model_validate(grid)


@router.patch("/{grid_id}", responses=documented(409))
def change_grid(parts: Parts, who: Who, grid_id: PathId, body: GridChanges) -> GridShape:
    def work(uow: UnitOfWork) -> Grid:
        before = uow.grids.get(grid_id)
        if before is None:
            raise not_found("grid")
        grid = uow.grids.save(replace(before, **_fields(uow, body)))
        note(uow, parts, who, "grid.changed", ("grid", grid.id), ", ".join(sorted(body.model_fields_set)))
        return grid

    return GridShape.model_validate(write(parts, work))
