"""Health: whether the process answers, whether the house can do its work, and its figures for Prometheus.

The first two wait for nobody: they must answer while the store hangs and every other request hangs with it.
So they take no thread of the pool that all others share, not even for what they depend on.
"""

from __future__ import annotations

from anyio import to_thread
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from services.console.api.fields import Shape
from services.console.callers import parts_of
from services.console.gate import GuardedRoute

MOST_SCRAPES = 4
"""Scrapes at once, in threads of their own; the others wait their turn."""

router = APIRouter(tags=["health"], route_class=GuardedRoute)


class AliveShape(Shape):
    """The process answers."""

    status: str
    version: str


class ReadyShape(Shape):
    """Whether the house can do its work, and if not, why."""

    ready: bool
    reasons: list[str]


@router.get("/healthz")
async def is_alive(request: Request) -> AliveShape:
    return AliveShape(status="ok", version=parts_of(request).settings.version)


@router.get(
    "/readyz",
    response_model=ReadyShape,
    responses={503: {"model": ReadyShape, "description": "Not ready; `reasons` says why"}},
)
async def is_ready(request: Request) -> Response:
    reasons = list(parts_of(request).health())
    ready = ReadyShape(ready=not reasons, reasons=reasons)
    return JSONResponse(ready.model_dump(), 503 if reasons else 200)


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
async def read_metrics(request: Request) -> Response:
    figures = await to_thread.run_sync(
        generate_latest, parts_of(request).registry, limiter=request.app.state.scrapes
    )
    return Response(figures, media_type=CONTENT_TYPE_LATEST)
