"""The page of the figures: a span of days and a grid are chosen in a form that only asks.

What the API would refuse is refused here, in words above the form, with the usual month under it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from services.console.callers import Parts, Who
from services.console.gate import GuardedRoute
from services.console.pages.figures.view import Asked, View, asked_days
from services.console.pages.rendering import language_of, page
from services.console.pages.texts import Texts
from services.console.problems import Problem, unfit
from services.console.service_figures import Surroundings, Wish, seen_figures
from services.domain.instants import NotADay, format_instant, parse_day, start_of_day
from services.domain.service_figures import MOST_DAYS

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)

Typed = Annotated[str, Query(max_length=64)]


@router.get("/figures")
def show_figures(
    request: Request, parts: Parts, who: Who, since: Typed = "", until: Typed = "", grid: Typed = ""
) -> Response:
    zone = parts.house.timezone
    around = Surroundings(parts.clock.now(), parts.gathering.aims(), zone)
    asked, problem = Asked(since, until, grid), None
    with parts.store.reading() as uow:
        try:
            seen = seen_figures(uow, who, _wish(asked, around), around)
        except Problem as refused:
            problem, seen = refused, seen_figures(uow, who, Wish(), around)
    texts, found = Texts(language_of(request, who), zone), seen.figures
    span = {"since": format_instant(found.since), "until": format_instant(found.until)}
    in_grid = {"grid_id": grid} if grid and problem is None else {}
    return page(
        request,
        "figures.html",
        200 if problem is None else problem.status,
        view=View(seen, texts),
        asked=asked if problem is not None else asked_days(found.since, found.until, texts, grid),
        faulty=frozenset(fault.field for fault in problem.faults) if problem else frozenset(),
        most_days=MOST_DAYS,
        table=f"/api/v1/figures.csv?{urlencode(span | in_grid)}",
    )


def _wish(asked: Asked, around: Surroundings) -> Wish:
    since = _start("since", asked.since, around.zone)
    end = _start("until", asked.until, around.zone, after=1)
    return Wish(since, min(end, around.now) if end is not None else None, asked.grid or None)


def _start(field: str, day: str, zone: ZoneInfo, after: int = 0) -> datetime | None:
    """When a day of the form begins, or the one so many after it; None: it was left empty."""
    if not day:
        return None
    try:
        return start_of_day(parse_day(day) + timedelta(days=after), zone)
    except NotADay as error:
        raise unfit(field, day, "a day such as 2025-07-23") from error
