"""A resident's page: what a grid worker knows of a home on the way there, and the care team at a desk.

It shows one moment of the store and changes nothing. It must never show of a resident what the API would
not show the same caller.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from services.console.answering.unfolding import write_down_once
from services.console.api.fields import PathId
from services.console.callers import Parts, Who
from services.console.gate import GuardedRoute
from services.console.pages.pictures import strips
from services.console.pages.rendering import language_of, page
from services.console.pages.residents.view import ALERTS_AT_FIRST, MOST_ALERTS, gather
from services.console.pages.texts import Texts
from services.domain.protection import has_low_battery

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)

MORE_ALERTS = 80
"""How many further past alerts a tap shows."""
HowMany = Annotated[int, Query(ge=1, le=MOST_ALERTS)]


@router.get("/residents/{resident_id}")
def show_resident(
    request: Request, parts: Parts, who: Who, resident_id: PathId, alerts: HowMany = ALERTS_AT_FIRST
) -> Response:
    with parts.store.reading() as uow:
        view = gather(uow, parts, who, resident_id, alerts)
    write_down_once(parts, who, view.unfolded, "on the page of the resident")
    there = Texts(language_of(request, who), view.zone)
    return page(
        request,
        "resident.html",
        view=view,
        there=there,
        day=strips.day(there, view.day) if view.day.says_anything else None,
        nights=strips.nights(there, view.nights) if any(each.says_anything for each in view.nights) else None,
        more_alerts=min(alerts + MORE_ALERTS, MOST_ALERTS),
        has_low_battery=has_low_battery,
    )
