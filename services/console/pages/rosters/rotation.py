"""A rotation as a form: shifts by the wall clock, the days of the cycle one after the other, and the members
by their place. Only whoever manages the house writes one.

What was typed stays typed when it is refused. Nothing is stored that the API would refuse.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, time
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response

from services.console.api import rosters as api
from services.console.api.fields import PathId
from services.console.callers import Caller, Parts, Who
from services.console.gate import GuardedRoute
from services.console.pages.rendering import page
from services.console.parts import Console
from services.console.problems import Problem, not_found, unfit
from services.console.rostering import changed, checked_roster
from services.console.writing import write
from services.domain.instants import NotADay, NotAWallTime, parse_day, parse_wall
from services.domain.ports import UnitOfWork
from services.domain.rosters import REST, NamedShift, Roster

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)

SHIFT_ROWS = 4
MOST_SHIFTS = 12
BETWEEN = " ,\uff0c\u3001"
"""What may stand between the days of the cycle: blanks, and the commas of each language."""
FREE = "-"
"""How a free day is written in the row of days."""
MOST_NAMED = 400
LONGEST_NAME = 64
Chosen = Annotated[str, Query(pattern=r"^[A-Za-z0-9_.:\-]{0,64}$")]


@dataclass(frozen=True, slots=True)
class Typed:
    """The form as it was typed."""

    fields: Mapping[str, str]

    def __call__(self, name: str) -> str:
        return self.fields.get(name, "").strip()


@router.get("/rosters/new")
def show_new(request: Request, parts: Parts, team: Chosen = "") -> Response:
    return _page(request, parts, None, team, Typed({"days_apart": "1"}))


@router.get("/rosters/{roster_id}")
def show_roster(request: Request, parts: Parts, roster_id: PathId) -> Response:
    with parts.store.reading() as uow:
        roster = _there(uow, roster_id)
    return _page(request, parts, roster, roster.team_id, _typed_of(roster))


async def _read(request: Request) -> Typed:
    """The fields as they came; of what is no text nothing is taken."""
    form = await request.form(max_files=0)
    return Typed({name: value for name, value in form.items() if isinstance(value, str)})


Form = Annotated[Typed, Depends(_read)]


@router.post("/rosters")
def take_new(request: Request, parts: Parts, who: Who, typed: Form) -> Response:
    return _taken(request, parts, who, None, typed)


@router.post("/rosters/{roster_id}")
def take_roster(request: Request, parts: Parts, who: Who, roster_id: PathId, typed: Form) -> Response:
    with parts.store.reading() as uow:
        roster = _there(uow, roster_id)
    return _taken(request, parts, who, roster, typed)


@router.post("/rosters/{roster_id}/remove")
def take_away(parts: Parts, who: Who, roster_id: PathId) -> Response:
    with parts.store.reading() as uow:
        team_id = _there(uow, roster_id).team_id
    api.remove_roster(parts, who, roster_id)
    return RedirectResponse(f"/rosters?team={team_id}", 303)


def _taken(request: Request, parts: Console, who: Caller, before: Roster | None, typed: Typed) -> Response:
    team_id = before.team_id if before is not None else typed("team")
    try:

        def work(uow: UnitOfWork) -> Roster:
            wanted = _roster_of(uow, parts, team_id, typed)
            if before is None:
                roster = uow.rosters.add(checked_roster(uow, replace(wanted, id=parts.new_id("ros"))))
                changed(uow, parts, who, "roster.created", ("roster", roster.id))
                return roster
            kept = replace(wanted, id=before.id, timezone=before.timezone)
            roster = uow.rosters.save(checked_roster(uow, kept))
            changed(uow, parts, who, "roster.changed", ("roster", roster.id))
            return roster

        write(parts, work)
    except Problem as problem:
        return _page(request, parts, before, team_id, typed, problem)
    return RedirectResponse(f"/rosters?team={team_id}#rotations", 303)


def _roster_of(uow: UnitOfWork, parts: Console, team_id: str, typed: Typed) -> Roster:
    shifts = tuple(
        NamedShift(_name(row, typed(f"name{row}")), _wall(typed, row, "from"), _wall(typed, row, "to"))
        for row in range(MOST_SHIFTS)
        if typed(f"name{row}") or typed(f"from{row}") or typed(f"to{row}")
    )
    if not shifts:
        raise unfit("shifts", None, "at least one shift with its times")
    days = "".join(" " if each in BETWEEN else each for each in typed("cycle")).split()
    if not days or len(days) > MOST_NAMED:
        raise unfit("cycle", typed("cycle"), "the days of the cycle, one after the other")
    members = [worker for worker in uow.workers.having("team_id", [team_id]) if typed(f"place-{worker.id}")]
    placed = {worker.id: _whole(f"place-{worker.id}", typed(f"place-{worker.id}")) for worker in members}
    if not placed:
        raise unfit("members", None, "at least one member with a place")
    if len(set(placed.values())) != len(placed):
        raise unfit("members", None, "a place of their own for each")
    return Roster(
        "",
        team_id,
        typed("name")[:LONGEST_NAME],
        parts.house.timezone.key,
        shifts,
        tuple(REST if day == FREE else day for day in days),
        tuple(sorted(placed, key=placed.__getitem__)),
        _day("starts_on", typed("starts_on")),
        _whole("days_apart", typed("days_apart")),
        _day("ends_on", typed("ends_on")) if typed("ends_on") else None,
    )


def _typed_of(roster: Roster) -> Typed:
    fields = {
        "name": roster.name,
        "starts_on": roster.starts_on.isoformat(),
        "ends_on": roster.ends_on.isoformat() if roster.ends_on else "",
        "days_apart": str(roster.days_apart),
        "cycle": " ".join(name or FREE for name in roster.cycle),
    }
    for row, shift in enumerate(roster.shifts):
        fields[f"name{row}"] = shift.name
        fields[f"from{row}"], fields[f"to{row}"] = f"{shift.starts:%H:%M}", f"{shift.ends:%H:%M}"
    fields |= {f"place-{member}": str(place) for place, member in enumerate(roster.members, 1)}
    return Typed(fields)


def _name(row: int, text: str) -> str:
    if not text or len(text) > LONGEST_NAME or text == FREE or any(each in BETWEEN for each in text):
        raise unfit(f"shifts.{row}", text[:LONGEST_NAME], "a name of one word")
    return text


def _wall(typed: Typed, row: int, which: str) -> time:
    text = typed(f"{which}{row}")
    try:
        return parse_wall(text)
    except NotAWallTime as error:
        raise unfit(f"shifts.{row}", text, "a local time such as 08:00") from error


def _whole(field: str, text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > MOST_NAMED:
        raise unfit("members" if field.startswith("place-") else field, text[:LONGEST_NAME], "a whole number")
    return int(text)


def _day(field: str, text: str) -> date:
    try:
        return parse_day(text)
    except NotADay as error:
        raise unfit(field, text[:LONGEST_NAME], "a day such as 2025-07-23") from error


def _page(
    request: Request,
    parts: Console,
    roster: Roster | None,
    team_id: str,
    typed: Typed,
    problem: Problem | None = None,
) -> Response:
    with parts.store.reading() as uow:
        team = uow.teams.get(team_id)
        if team is None:
            raise not_found("team")
        members = [worker for worker in uow.workers.having("team_id", [team_id]) if worker.active]
    return page(
        request,
        "roster.html",
        200 if problem is None else problem.status,
        roster=roster,
        team=team,
        members=members,
        typed=typed,
        rows=max(SHIFT_ROWS, len(roster.shifts) if roster else 0),
        problem=problem,
        faulty=frozenset(fault.field.partition(".")[0] for fault in problem.faults)
        if problem
        else frozenset(),
    )


def _there(uow: UnitOfWork, roster_id: str) -> Roster:
    roster = uow.rosters.get(roster_id)
    if roster is None:
        raise not_found("roster")
    return roster
