"""Health: whether the process answers, whether the house can do its work, and its figures for Prometheus."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from services.console.api.fields import Shape
from services.console.callers import Parts
from services.console.gate import GuardedRoute
from services.domain.ports import StoreUnavailable

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
def is_alive(parts: Parts) -> AliveShape:
    return AliveShape(status="ok", version=parts.settings.version)


@router.get(
    "/readyz",
    response_model=ReadyShape,
    responses={503: {"model": ReadyShape, "description": "Not ready; `reasons` says why"}},
)
def is_ready(parts: Parts) -> Response:
    reasons = [*parts.health(), *_store_reasons(parts)]
    ready = ReadyShape(ready=not reasons, reasons=reasons)
    return JSONResponse(ready.model_dump(), 503 if reasons else 200)


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
def read_metrics(parts: Parts) -> Response:
    return Response(generate_latest(parts.registry), media_type=CONTENT_TYPE_LATEST)


def _store_reasons(parts: Parts) -> list[str]:
    try:
        with parts.store.reading() as uow:
            uow.events.last_seq()
    except StoreUnavailable as error:
        return [f"store: {error}"]
    return []
