"""The session of whoever asks: signing in, who am I, signing out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field, StringConstraints

from services.console.api.fields import NO_NUL, Instant, Shape
from services.console.callers import Caller, Parts, Who
from services.console.gate import GuardedRoute
from services.console.parts import Console
from services.console.problems import documented
from services.console.sessions import clear_cookie, set_cookie, sign_in, sign_out
from services.domain.people import Role

router = APIRouter(prefix="/api/v1/session", tags=["session"], route_class=GuardedRoute)

Given = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=NO_NUL)]


Everywhere = Annotated[bool, Query(description="End all of one's own sessions, not this one alone.")]


class SignInFields(Shape):
    """A login."""

    username: Given
    password: Given


class SessionShape(Shape):
    """Who is asking; a token has neither name nor end here."""

    username: str | None
    role: Role
    worker_id: str | None
    expires_at: Instant | None
    invented: bool = Field(description="Whether everybody who lives here is invented.")


def _shape_of(parts: Console, who: Caller) -> SessionShape:
    return SessionShape(
        username=who.username,
        role=who.role,
        worker_id=who.worker_id,
        expires_at=who.session.expires_at if who.session else None,
        invented=parts.settings.demo,
    )


@router.post("", status_code=201, responses=documented(401, 429))
def open_session(request: Request, response: Response, parts: Parts, body: SignInFields) -> SessionShape:
    signed_in = sign_in(parts, request, body.username, body.password)
    set_cookie(parts, response, signed_in)
    return _shape_of(parts, signed_in.caller)


@router.get("")
def read_session(parts: Parts, who: Who) -> SessionShape:
    return _shape_of(parts, who)


@router.delete("", status_code=204)
def end_session(parts: Parts, who: Who, *, everywhere: Everywhere = False) -> Response:
    sign_out(parts, who, everywhere=everywhere)
    response = Response(status_code=204)
    clear_cookie(parts, response)
    return response
