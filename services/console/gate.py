"""The gate: every request passes it before its body is read. Who asks, may they, and do they ask in known
words?

It stands in the route itself, so that a route cannot be reached around it. It must never let a route
through that has no row in `rights`.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import urlsplit

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.responses import Response
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

from services.console.callers import Caller, bearer_of, identify, parts_of
from services.console.problems import Fault, Problem
from services.console.rights import RIGHTS, Right
from services.console.sessions import renewed

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class GuardedRoute(APIRoute):
    """A route behind the gate."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        known = frozenset(_query_names(self.dependant))

        async def guarded(request: Request) -> Response:
            right = RIGHTS.get((request.method, self.path_format))
            if right is None:
                raise Problem(403, "no_right", "Nobody has a right to this route.")
            _check_origin(request)
            if not right.public:
                request.state.caller = await run_in_threadpool(_admit, request, right)
            _check_query(request, known)
            return await handle(request)

        return guarded


def _admit(request: Request, right: Right) -> Caller:
    parts = parts_of(request)
    with parts.store.reading() as uow:
        caller = identify(uow, request, parts.clock.now())
    if caller is None:
        raise Problem(
            401,
            "who_are_you",
            "A bearer token or a session is needed, and what was shown is none that is known.",
            headers={"WWW-Authenticate": 'Bearer realm="anxin"'},
        )
    sees = right.roles.get(caller.role)
    if sees is None:
        raise Problem(403, "not_your_role", f"The role {caller.role.value} has no right to this.")
    return renewed(parts, caller.seeing(sees))


def _check_origin(request: Request) -> None:
    """Refuse what another site makes a signed-in person's browser send.

    Browsers say with every unsafe request where it comes from, very old ones by the Referer alone; a request
    that says nothing of it comes from no browser and brings its cookie knowingly. A bearer token is never
    sent by a browser of itself.
    """
    if request.method in SAFE or bearer_of(request) is not None:
        return
    origin = request.headers.get("origin", request.headers.get("referer"))
    fetched_by = request.headers.get("sec-fetch-site", "same-origin")
    if fetched_by in {"same-origin", "none"} and (origin is None or origin_is_ours(request, origin)):
        return
    raise Problem(403, "foreign_origin", "This request comes from a page of another site.")


def origin_is_ours(request: Request, origin: str) -> bool:
    """Whether an Origin header names this console, as addressed now or as configured; where people come by
    TLS, a page that came without it is none of ours.
    """
    settings = parts_of(request).settings
    public = urlsplit(settings.public_url)
    try:
        named = urlsplit(origin)
    except ValueError:
        return False
    if not named.netloc or (settings.secure_cookies and named.scheme != "https"):
        return False
    ours = {request.headers.get("host", "").lower()} | ({public.netloc.lower()} if public.netloc else set())
    return named.netloc.lower() in ours


def _query_names(dependant: Dependant) -> list[str]:
    return [
        *(param.alias for param in dependant.query_params),
        *(name for part in dependant.dependencies for name in _query_names(part)),
    ]


def _check_query(request: Request, known: frozenset[str]) -> None:
    names = [name for name, _ in request.query_params.multi_items()]
    faults = [
        Fault(name, request.query_params[name], f"one of {', '.join(sorted(known)) or 'no parameters'}")
        for name in dict.fromkeys(names)
        if name not in known
    ]
    faults += [Fault(name, None, "to be given once") for name in sorted(known) if names.count(name) > 1]
    if faults:
        raise Problem(422, "unfit", "A query parameter is not known here.", faults=faults)
