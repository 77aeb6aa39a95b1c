"""Homes: households with their places, whose grid they lie in and which neighbour answers for them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import Field

from services.console.answering.unfolding import write_down_once
from services.console.api.fields import Id, Line, Name, PathId, Phone, Shape, Zone, changes_of, unset
from services.console.api.lists import IdFilter, Listed, Part, Wanted, listed
from services.console.api.references import Known
from services.console.callers import Caller, Parts, Who
from services.console.facts import tell_of_resident
from services.console.gate import GuardedRoute
from services.console.parts import Console
from services.console.problems import documented, not_found
from services.console.sight import Sight, matching
from services.console.writing import note, write
from services.domain.homes import Home
from services.domain.ports import UnitOfWork

router = APIRouter(prefix="/api/v1/homes", tags=["homes"], route_class=GuardedRoute)

Places = Annotated[list[Name], Field(max_length=50)]


class HomeFields(Shape):
    """What a person says of a home."""

    address: Line | None = None
    key_place: Line | None = None
    phone: Phone | None = None
    grid_id: Id | None = None
    neighbour_id: Id | None = Field(default=None, description="The worker who answers for this home.")
    places: Places | None = None
    timezone: Zone | None = Field(default=None, description="IANA name; else the zone of the house.")


class HomeChanges(HomeFields):
    """The changed fields of a home."""

    address: Line | None = unset()


class HomeShape(Shape):
    """A household."""

    id: str
    address: str
    key_place: str | None
    phone: str | None
    grid_id: str | None
    neighbour_id: str | None
    places: list[str]
    timezone: str | None


def _refer(uow: UnitOfWork, fields: HomeFields) -> None:
    known = Known(uow)
    known.grid("grid_id", fields.grid_id)
    known.worker("neighbour_id", fields.neighbour_id)


def _cleared(fields: HomeFields) -> dict[str, Any]:
    changes = changes_of(fields)
    if "address" in changes:
        changes["address"] = changes["address"] or ""
    if "places" in changes:
        changes["places"] = changes["places"] or ()
    return changes


@dataclass(frozen=True, slots=True)
class HomesWanted(Wanted):
    """By what homes are looked for."""

    grid_id: IdFilter = None
    neighbour_id: IdFilter = None


@router.get("")
def list_homes(
    parts: Parts, who: Who, part: Part, wanted: Annotated[HomesWanted, Depends()]
) -> Listed[HomeShape]:
    with parts.store.reading() as uow:
        sight = Sight(uow, who)
        answer = listed(uow.homes.page, wanted.filters, part, lambda home: _shape(home, sight), sight.home)
    write_down_once(parts, who, sight.unfolded.values(), "by the list of homes")
    return answer


@router.post("", status_code=201)
def create_home(parts: Parts, who: Who, body: HomeFields) -> HomeShape:
    def work(uow: UnitOfWork) -> Home:
        _refer(uow, body)
        home = uow.homes.add(replace(Home(id=parts.new_id("hom")), **_cleared(body)))
        note(uow, parts, who, "home.created", ("home", home.id))
        return home

    return HomeShape.model_validate(write(parts, work))


@router.get("/{home_id}")
def read_home(parts: Parts, who: Who, home_id: PathId) -> HomeShape:
    with parts.store.reading() as uow:
        sight = Sight(uow, who)
        shape = _shape(_seen(uow, who, home_id), sight)
    write_down_once(parts, who, sight.unfolded.values(), "by the home")
    return shape


def _shape(home: Home, sight: Sight) -> HomeShape:
    """The home as the caller may see it now: where the key is only with a running alert that they have."""
    is_whole = home.key_place is None or sight.unfolds_home(home.id)
    return HomeShape.model_validate(home if is_whole else replace(home, key_place=None))


@router.patch("/{home_id}", responses=documented(409))
def change_home(parts: Parts, who: Who, home_id: PathId, body: HomeChanges) -> HomeShape:
    def work(uow: UnitOfWork) -> Home:
        before = _seen(uow, who, home_id)
        _refer(uow, body)
        home = uow.homes.save(replace(before, **_cleared(body)))
        if home.timezone != before.timezone:
            _tell_rules(uow, parts, who, home)
        note(uow, parts, who, "home.changed", ("home", home.id), ", ".join(sorted(body.model_fields_set)))
        return home

    return HomeShape.model_validate(write(parts, work))


def _seen(uow: UnitOfWork, who: Caller, home_id: str) -> Home:
    home = uow.homes.get(home_id)
    if home is None or not Sight(uow, who).home(home):
        raise not_found("home")
    return home


def _tell_rules(uow: UnitOfWork, parts: Console, who: Caller, home: Home) -> None:
    """A home's zone is its residents' zone where they have none of their own."""
    for resident in matching(uow.residents, home_id=home.id):
        if resident.timezone is None:
            tell_of_resident(uow, parts, who, "resident.changed", resident)
