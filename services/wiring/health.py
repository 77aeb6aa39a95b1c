"""Health of a process that has no console: whether it answers, whether it can do its work, and its figures,
on a small port of its own. What is asked here is what the console answers under the same names.
"""

from __future__ import annotations

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from services.wiring.observing import Observing


def health_app(version: str, observing: Observing) -> Starlette:
    """`/healthz`, `/readyz` and `/metrics` of one process; the first two wait for nobody."""

    async def is_alive(_request: Request) -> Response:
        return JSONResponse({"status": "ok", "version": version})

    async def is_ready(_request: Request) -> Response:
        reasons = observing.reasons()
        return JSONResponse({"ready": not reasons, "reasons": reasons}, 503 if reasons else 200)

    def figures(_request: Request) -> Response:
        return Response(generate_latest(observing.registry), media_type=CONTENT_TYPE_LATEST)

    return Starlette(
        routes=[Route("/healthz", is_alive), Route("/readyz", is_ready), Route("/metrics", figures)]
    )
