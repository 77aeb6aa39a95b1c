"""The rosters' page: a week of one team; a swap and a leave are entered here by whoever is at the desk.

A form goes the way of the API: what that would refuse is refused here, and said at the form.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from services.console.api import swaps as api
from services.console.api.fields import PathId, Shape
from services.console.callers import Caller, Parts, Who
from services.console.gate import GuardedRoute
from services.console.pages.rendering import language_of, page
from services.console.pages.rosters.view import gather
from services.console.pages.texts import Texts
from services.console.parts import Console
from services.console.problems import Problem, unfit
from services.console.rostering import WantedSwap, add_swap
from services.console.writing import write
from services.domain.instants import NotADay, NotAnInstant, parse_day, parse_instant

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)

Chosen = Annotated[str, Query(pattern=r"^[A-Za-z0-9_.:\-]{0,64}$")]
MOST_OF_A_REASON = 500


class Place(Shape):
    """Which week of which team the form was on."""

    team: str = ""
    week: str = ""

    @property
    def back(self) -> str:
        """The address of that week."""
        return f"/rosters?{urlencode({'team': self.team, 'week': self.week})}"


class SwapForm(Place):
    """Who does which turn."""

    turn: str = ""
    instead: str = ""
    reason: str = ""


class LeaveForm(Place):
    """Who is not there, by the wall clock of the team, as `datetime-local` writes it."""

    worker: str = ""
    since: str = ""
    until: str = ""
    why: str = ""


@router.get("/rosters")
def show_rosters(request: Request, parts: Parts, who: Who, team: Chosen = "", week: str = "") -> Response:
    return _page(request, parts, who, Place(team=team, week=week))


@router.post("/rosters/swaps")
def take_swap(request: Request, parts: Parts, who: Who, form: Annotated[SwapForm, Form()]) -> Response:
    try:
        wanted = _swap_of(form)
        write(parts, lambda uow: add_swap(uow, parts, who, wanted))
    except Problem as problem:
        return _page(request, parts, who, form, problem)
    return RedirectResponse(f"{form.back}#week", 303)


@router.post("/rosters/swaps/{swap_id}/take-back")
def take_swap_back(parts: Parts, who: Who, swap_id: PathId, form: Annotated[Place, Form()]) -> Response:
    api.remove_swap(parts, who, swap_id)
    return RedirectResponse(f"{form.back}#week", 303)


@router.post("/rosters/leaves")
def take_leave(request: Request, parts: Parts, who: Who, form: Annotated[LeaveForm, Form()]) -> Response:
    try:
        with parts.store.reading() as uow:
            zone = gather(uow, parts, who, form.team, None).zone
        since, until = _instant("starts_at", form.since, zone), _instant("ends_at", form.until, zone)
        if not form.worker:
            raise unfit("worker_id", None, "the id of a worker")
        if not form.why.strip() or len(form.why) > MOST_OF_A_REASON:
            raise unfit("reason", None, f"a reason of at most {MOST_OF_A_REASON} characters")
        body = api.NewLeave(worker_id=form.worker, starts_at=since, ends_at=until, reason=form.why.strip())
        api.create_leave(parts, who, body)
    except Problem as problem:
        return _page(request, parts, who, form, problem)
    return RedirectResponse(f"{form.back}#leaves", 303)


@router.post("/rosters/leaves/{leave_id}/take-back")
def take_leave_back(parts: Parts, who: Who, leave_id: PathId, form: Annotated[Place, Form()]) -> Response:
    api.remove_leave(parts, who, leave_id)
    return RedirectResponse(f"{form.back}#leaves", 303)


def _page(
    request: Request, parts: Console, who: Caller, said: Place, problem: Problem | None = None
) -> Response:
    with parts.store.reading() as uow:
        view = gather(uow, parts, who, said.team, _day(said.week))
    return page(
        request,
        "rosters.html",
        200 if problem is None else problem.status,
        view=view,
        said=said,
        problem=problem,
        faulty=frozenset(fault.field for fault in problem.faults) if problem else frozenset(),
        there=Texts(language_of(request, who), view.zone),
    )


def _day(text: str) -> date | None:
    """A day that somebody can mean; None for anything else."""
    try:
        return parse_day(text)
    except NotADay:
        return None


def _swap_of(form: SwapForm) -> WantedSwap:
    parts = form.turn.split("|")
    reason = form.reason.strip()[:MOST_OF_A_REASON]
    if parts[0] == "shift":
        return WantedSwap(form.instead, shift_id=parts[-1], reason=reason)
    if len(parts) != len(("roster", "day", "worker")):
        raise unfit("worker_id", None, "a turn")
    roster_id, day, worker_id = parts
    return WantedSwap(form.instead, worker_id, roster_id, _day(day), reason=reason)


def _instant(field: str, wall: str, zone: ZoneInfo) -> datetime:
    """The instant at which the clock of the team shows ``wall``."""
    try:
        return parse_instant(wall if wall.count(":") > 1 else f"{wall}:00", zone)
    except NotAnInstant as error:
        raise unfit(field, wall, "a day and a time") from error
