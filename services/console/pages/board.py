"""The live page: running alerts first, then everybody who is watched over, grid by grid.

It shows one moment of the store; the stream from that moment on tells the page when to ask again.
Everything can be done by forms, without scripts.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from services.console.acting import Action, Deed, act
from services.console.api.fields import PathId, Shape
from services.console.callers import Parts, Who
from services.console.gate import GuardedRoute
from services.console.pages.rendering import page
from services.console.pages.view import Filter, look
from services.console.writing import write
from services.domain.alerts import Outcome
from services.domain.protection import ProtectionState

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)


class ActionForm(Shape):
    """What a form of the page says; an empty field is one that says nothing."""

    worker: str = ""
    outcome: Outcome = Outcome.OTHER
    note: str = ""


@router.get("/")
def show_board(
    request: Request,
    parts: Parts,
    who: Who,
    grid: Annotated[str, Query()] = "",
    state: Annotated[ProtectionState | None, Query()] = None,
) -> Response:
    with parts.store.reading() as uow:
        view = look(uow, parts, who, Filter(grid or None, state))
    return page(request, "board.html", view=view)


@router.post("/alerts/{alert_id}/{action}")
def take_action(
    parts: Parts, who: Who, alert_id: PathId, action: Action, form: Annotated[ActionForm, Form()]
) -> Response:
    for_another = form.worker or None
    deed = Deed(
        action=action,
        alert_id=alert_id,
        worker_id=for_another if who.worker is None else None,
        on_behalf_of=for_another if who.worker is not None else None,
        note=form.note or None,
        outcome=form.outcome,
    )
    write(parts, lambda uow: act(uow, parts, who, deed))
    return RedirectResponse("/", 303)
