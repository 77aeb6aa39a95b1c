"""The hand-over's page: what the next shift has to know, and the two forms on it: a note, and taking over.

A form goes the way of the API, under the same keys, so that a form that is sent twice counts once.
"""

from __future__ import annotations

import secrets
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import StringConstraints

from services.console.api import handovers as api
from services.console.api.fields import Shape
from services.console.callers import Caller, Parts, Who
from services.console.gate import GuardedRoute
from services.console.pages.handover.view import gather
from services.console.pages.rendering import page
from services.console.parts import Console
from services.console.problems import Problem, unfit
from services.console.shift_desk import HAS_IT, take_over, write_note
from services.console.writing import answered_once
from services.domain.ports import UnitOfWork

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)

ADDRESS = "/handover"
Key = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,200}$")]


class TakeOverForm(Shape):
    """Who takes over from whom; an empty field says nothing."""

    key: Key
    from_worker_id: str = ""
    worker_id: str = ""
    note: str = ""


class NoteForm(Shape):
    """What the next shift has to know."""

    key: Key
    text: str = ""


@router.get(ADDRESS)
def show_handover(
    request: Request,
    parts: Parts,
    who: Who,
    *,
    taken: Annotated[bool, Query()] = False,
    noted: Annotated[bool, Query()] = False,
) -> Response:
    return _page(request, parts, who, taken=taken, noted=noted)


@router.post(ADDRESS)
def take_handover(
    request: Request, parts: Parts, who: Who, form: Annotated[TakeOverForm, Form()]
) -> Response:
    try:
        if not form.from_worker_id:
            raise unfit("from_worker_id", None, "the id of who hands over")
        body = api.NewHandover(
            from_worker_id=form.from_worker_id, worker_id=form.worker_id or None, note=form.note[:LONGEST]
        )

        def work(uow: UnitOfWork) -> tuple[int, api.HandoverShape]:
            made = take_over(uow, parts, who, body.from_worker_id, body.worker_id, body.note)
            return 201, api.shape_of(uow, made)

        answered_once(parts, who, ("POST", "/api/v1/handovers"), form.key, body, work)
    except (Problem, ValueError) as refused:
        if isinstance(refused, Problem) and refused.code == HAS_IT:
            return _page(request, parts, who, wrong="held", status=409)
        return _page(request, parts, who, wrong="taking", status=422)
    return RedirectResponse(f"{ADDRESS}?taken=true", 303)


@router.post(f"{ADDRESS}/notes")
def take_note(request: Request, parts: Parts, who: Who, form: Annotated[NoteForm, Form()]) -> Response:
    text = form.text.strip()
    try:
        body = api.NewShiftNote(text=text)

        def work(uow: UnitOfWork) -> tuple[int, api.ShiftNoteShape]:
            return 201, api.ShiftNoteShape.model_validate(write_note(uow, parts, who, body.text))

        answered_once(parts, who, ("POST", "/api/v1/handover-notes"), form.key, body, work)
    except (Problem, ValueError):
        return _page(request, parts, who, wrong="note", status=422, text=form.text)
    return RedirectResponse(f"{ADDRESS}?noted=true#notes", 303)


LONGEST = 4000
"""Characters of a note."""


def _page(
    request: Request,
    parts: Console,
    who: Caller,
    *,
    taken: bool = False,
    noted: bool = False,
    wrong: str = "",
    status: int = 200,
    text: str = "",
) -> Response:
    with parts.store.reading() as uow:
        view = gather(uow, parts, who)
    return page(
        request,
        "handover.html",
        status,
        view=view,
        key=secrets.token_urlsafe(18),
        taken=taken,
        noted=noted,
        wrong=wrong,
        text=text,
        longest=LONGEST,
    )
