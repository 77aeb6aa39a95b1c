"""The live page: running alerts first, then everybody who is watched over, grid by grid.

It shows one moment of the store; the stream from that moment on tells the page when to ask again.
Everything can be done by forms, without scripts.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from services.console.answering.unfolding import write_down_once
from services.console.callers import Parts, Who
from services.console.gate import GuardedRoute
from services.console.pages.board.view import Filter, look
from services.console.pages.rendering import page
from services.domain.protection import ProtectionState

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)


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
    write_down_once(parts, who, view.unfolded, "on the board")
    return page(request, "board.html", view=view)
