"""The pages of silences: the list, the form that silences a home, ending one and putting its end off.

Each goes the way of the API and must never take what that would refuse. What stands here is said on the
resident's page and on the board as well, so that nobody takes a silenced home for a quiet one.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import Field

from services.console.api.fields import PathId, Shape
from services.console.api.residents import seen_resident
from services.console.callers import Caller, Parts, Who
from services.console.gate import GuardedRoute
from services.console.pages.rendering import page
from services.console.pages.silences.view import FURTHER, form_for, gather
from services.console.parts import Console
from services.console.problems import Problem, unfit
from services.console.silencing import Wish, end, move_end, seen_silence, silence
from services.console.writing import write

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)

Chosen = Annotated[str, Query(pattern=r"^[A-Za-z0-9_.:\-]{0,64}$")]
MOST_MINUTES = 90 * 24 * 60
TAPPED = "tapped"
"""The reason of an end that is put off by a tap: the one that was given for the silence still counts."""


class SilenceForm(Shape):
    """What the form says; an empty kind is all of them."""

    resident_id: str = Field(default="", max_length=64)
    alert_kind: str = Field(default="", max_length=64)
    minutes: int = Field(default=0, ge=0, le=MOST_MINUTES)
    reason: str = Field(default="", max_length=500)


class FurtherForm(Shape):
    """By how many minutes it is to end later."""

    minutes: int = Field(ge=1, le=MOST_MINUTES)


@router.get("/silences")
def show_silences(request: Request, parts: Parts, who: Who) -> Response:
    with parts.store.reading() as uow:
        view = gather(uow, parts, who)
    return page(request, "silences.html", view=view)


@router.get("/silences/new")
def show_form(request: Request, parts: Parts, who: Who, resident: Chosen = "") -> Response:
    return _form_page(request, parts, who, SilenceForm(resident_id=resident))


@router.post("/silences")
def take_silence(request: Request, parts: Parts, who: Who, form: Annotated[SilenceForm, Form()]) -> Response:
    until = parts.clock.now() + timedelta(minutes=form.minutes)
    wish = Wish(form.resident_id, None, form.alert_kind or None, until, form.reason)
    try:
        if not form.reason.strip() or not form.reason.isprintable():
            raise unfit("reason", form.reason, "why it is silenced, in a few words")
        write(parts, lambda uow: silence(uow, parts, who, wish))
    except Problem as problem:
        return _form_page(request, parts, who, form, problem)
    return RedirectResponse("/silences", 303)


@router.post("/silences/{silence_id}/end")
def take_end(parts: Parts, who: Who, silence_id: PathId) -> Response:
    write(parts, lambda uow: end(uow, parts, who, silence_id))
    return RedirectResponse("/silences", 303)


@router.post("/silences/{silence_id}/extend")
def take_further(
    parts: Parts, who: Who, silence_id: PathId, form: Annotated[FurtherForm, Form()]
) -> Response:
    further = timedelta(minutes=form.minutes)
    if further not in FURTHER:
        raise unfit("minutes", form.minutes, "one of the lengths that the list offers")
    with parts.store.reading() as uow:
        until = seen_silence(uow, who, silence_id).until + further
    write(parts, lambda uow: move_end(uow, parts, who, silence_id, until, TAPPED))
    return RedirectResponse("/silences", 303)


def _form_page(
    request: Request, parts: Console, who: Caller, said: SilenceForm, problem: Problem | None = None
) -> Response:
    with parts.store.reading() as uow:
        resident = seen_resident(uow, who, said.resident_id)
    return page(
        request,
        "silence_form.html",
        200 if problem is None else problem.status,
        view=form_for(parts, who, resident),
        said=said,
        faulty=frozenset(fault.field for fault in problem.faults) if problem else frozenset(),
        problem=problem,
    )
