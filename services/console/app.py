"""The application: its routes in one flat list behind one gate, and nothing reachable beside it."""

from __future__ import annotations

from collections.abc import Sequence

from anyio import CapacityLimiter
from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse, Response
from starlette.types import ASGIApp

from services.console import openapi, problems
from services.console.answering.misses import Misses
from services.console.answering.replied import Replied
from services.console.api import (
    alerts,
    audit,
    backtests,
    clock,
    devices,
    duty,
    events,
    figures,
    findings,
    grids,
    handovers,
    health,
    homes,
    notices,
    overrides,
    quarantine,
    receipts,
    replies,
    residents,
    revisions,
    rosters,
    rulebooks,
    session,
    shifts,
    silences,
    stream,
    swaps,
    teams,
    testing,
    tokens,
    users,
    visits,
    why,
    workers,
)
from services.console.compressing import Compressing
from services.console.gate import GuardedRoute
from services.console.metrics import Requests
from services.console.outside import Outside
from services.console.pages.rendering import is_for_a_person, problem_page
from services.console.pages.routers import PAGES
from services.console.parts import Console
from services.console.throttle import Strangers, Throttle

ROUTERS: Sequence[APIRouter] = (
    health.router,
    session.router,
    homes.router,
    residents.router,
    workers.router,
    grids.router,
    teams.router,
    shifts.router,
    rosters.router,
    swaps.router,
    duty.router,
    handovers.router,
    users.router,
    tokens.router,
    devices.router,
    testing.router,
    events.router,
    visits.router,
    figures.router,
    findings.router,
    alerts.router,
    notices.router,
    receipts.router,
    replies.router,
    quarantine.router,
    audit.router,
    rulebooks.router,
    why.router,
    revisions.router,
    overrides.router,
    silences.router,
    stream.router,
    *PAGES,
)

describing = APIRouter(route_class=GuardedRoute)


@describing.get("/openapi.json", include_in_schema=False)
def describe(request: Request) -> Response:
    app: FastAPI = request.app
    return JSONResponse(openapi.document(app))


def refuse(request: Request, error: Exception) -> Response:
    """Every fault as a problem, or as a page where a person waits for one."""
    problem = problems.of_error(error)
    if problem.status == 405:  # noqa: PLR2004 - the contract's own number
        problem.headers["Allow"] = ", ".join(sorted(_ways(request)))
    return problem_page(request, problem) if is_for_a_person(request) else problems.answer(problem)


def _ways(request: Request) -> set[str]:
    """All methods of a path; the router names only those of the first route that bears it."""
    app: FastAPI = request.app
    return {
        method
        for route in app.routes
        if isinstance(route, GuardedRoute) and route.path_regex.match(request.url.path)
        for method in route.methods or ()
    }


class Dressed(FastAPI):
    """An application within `Outside`: what the framework itself answers to a fault is an answer like any
    other.
    """

    def build_middleware_stack(self) -> ASGIApp:
        parts: Console = self.state.parts
        return Outside(
            super().build_middleware_stack(),
            Requests(parts.registry),
            over_tls=parts.settings.secure_cookies,
        )


def make_app(parts: Console) -> FastAPI:
    """The console over these parts. It opens nothing and starts no work of its own."""
    app = Dressed(
        title="Anxin",
        version=parts.settings.version,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.parts = parts
    app.state.throttle = Throttle()
    app.state.strangers = Strangers()
    app.state.misses = Misses()
    app.state.replied = Replied(parts.registry)
    app.state.streams = stream.Streams(parts)
    app.state.scrapes = CapacityLimiter(health.MOST_SCRAPES)
    routers = [*ROUTERS, describing]
    if parts.stepper is not None:
        routers.insert(0, clock.router)  # asked most of all there, and routes are tried one after the other
    if parts.backtest is not None:
        routers.append(backtests.router)
    if parts.replay is not None:
        routers.append(quarantine.replaying)
    # Not `include_router`: a flat list can be walked, so that each route is matched against its right.
    for router in routers:
        app.router.routes.extend(router.routes)
    for kind in (*problems.FORESEEN, Exception):
        app.add_exception_handler(kind, refuse)
    app.add_middleware(Compressing)
    return app
