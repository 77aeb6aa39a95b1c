"""The list of devices: found by label, person, address or grid; what somebody has to mend stands first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from services.console.callers import Caller, Parts, Who
from services.console.gate import GuardedRoute
from services.console.pages.devices.clues import Clue, strangers
from services.console.pages.devices.needs import SHOWN, WORST_FIRST, needs_of
from services.console.pages.devices.terms import Show
from services.console.pages.rendering import page
from services.console.parts import Console
from services.console.rights import FITTING
from services.console.sight import Sight
from services.domain.devices import Device
from services.domain.homes import Home
from services.domain.people import Resident
from services.domain.ports import UnitOfWork

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)

ON_A_PAGE = 40
LONGEST_SEARCH = 100

Search = Annotated[str, Query(max_length=LONGEST_SEARCH)]


@dataclass(frozen=True, slots=True)
class Row:
    """One device, whose it is, where it stands, and what is to be mended about it."""

    device: Device
    resident: Resident | None
    home: Home | None
    grid: str
    needs: tuple[Show, ...]

    @property
    def words(self) -> str:
        """What a search looks through."""
        return " ".join(
            (
                self.device.external_id,
                self.device.place or "",
                self.resident.name if self.resident else "",
                self.home.address if self.home else "",
                self.grid,
            )
        ).casefold()


@dataclass(frozen=True, slots=True)
class DeviceList:
    """All of the page."""

    now: datetime
    rows: tuple[Row, ...]
    counts: Mapping[Show, int]
    found: int
    strangers: tuple[Clue, ...]
    may_fit: bool


def fits(search: str, words: str) -> bool:
    """Whether every word of a search is in the words of a thing; nothing searched for is in all."""
    return all(word in words for word in search.casefold().split())


@router.get("/devices")
def show_devices(
    request: Request,
    parts: Parts,
    who: Who,
    search: Search = "",
    show: Show = Show.ALL,
    after: Annotated[int, Query(ge=0, le=10**6)] = 0,
) -> Response:
    with parts.store.reading() as uow:
        view = _gathered(uow, parts, who, search, show, after)
    return page(
        request,
        "devices.html",
        view=view,
        search=search,
        show=show,
        shows=tuple(Show),
        after=after,
        next=after + ON_A_PAGE if view.found > after + ON_A_PAGE else None,
    )


def _gathered(
    uow: UnitOfWork, parts: Console, who: Caller, search: str, show: Show, after: int
) -> DeviceList:
    now = parts.clock.now()
    rows = [row for row in _rows(uow, who) if fits(search, row.words)]
    shown = sorted((row for row in rows if SHOWN[show](row.device)), key=_most_urgent_first)
    may_fit = who.role in FITTING.roles
    return DeviceList(
        now=now,
        rows=tuple(shown[after : after + ON_A_PAGE]),
        counts={each: sum(SHOWN[each](row.device) for row in rows) for each in Show},
        found=len(shown),
        strangers=tuple(strangers(uow, parts, now)) if may_fit else (),
        may_fit=may_fit,
    )


def _rows(uow: UnitOfWork, who: Caller) -> Iterable[Row]:
    sight = Sight(uow, who)
    residents = {resident.id: resident for resident in uow.residents.all()}
    homes = {home.id: home for home in uow.homes.all()}
    grids = {grid.id: grid.name for grid in uow.grids.all()}
    for device in uow.devices.all():
        if device.synthetic or not sight.device(device):
            continue
        home = homes.get(device.home_id or "")
        grid = grids.get(home.grid_id or "", "") if home else ""
        yield Row(device, residents.get(device.resident_id or ""), home, grid, needs_of(device))


def _most_urgent_first(row: Row) -> tuple[int, str]:
    worst = min((WORST_FIRST.index(need) for need in row.needs), default=len(WORST_FIRST))
    return worst, row.device.external_id.casefold()
