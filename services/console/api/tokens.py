"""Tokens: bearer tokens of integrators. The token itself is shown once, when it is made."""

from __future__ import annotations

import secrets

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import Field

from services.console.api.fields import Id, Instant, Line, PathId, Shape
from services.console.api.references import Known
from services.console.callers import Parts, Who
from services.console.gate import GuardedRoute
from services.console.problems import not_found
from services.console.writing import note, write
from services.domain.access import AccessToken, hash_of
from services.domain.people import Role
from services.domain.ports import UnitOfWork

router = APIRouter(prefix="/api/v1/tokens", tags=["tokens"], route_class=GuardedRoute)

RANDOM_BYTES = 32


class NewToken(Shape):
    """A token to be made; without a worker it stands for its whole role."""

    role: Role
    name: Line = Field(default="", description="What it is for.")
    worker_id: Id | None = None


class NewTokenShape(Shape):
    """A token just made; ``token`` is shown this once."""

    id: str
    role: Role
    name: str
    worker_id: str | None
    created_at: Instant
    token: str


@router.post("", status_code=201)
def create_token(parts: Parts, who: Who, body: NewToken) -> NewTokenShape:
    secret = secrets.token_urlsafe(RANDOM_BYTES)

    def work(uow: UnitOfWork) -> AccessToken:
        Known(uow).worker("worker_id", body.worker_id)
        token = AccessToken(
            id=parts.new_id("tok"),
            secret_hash=hash_of(secret),
            role=body.role,
            created_at=parts.clock.now(),
            name=body.name,
            worker_id=body.worker_id,
        )
        uow.access.add_token(token)
        note(uow, parts, who, "token.created", ("token", token.id), body.role.value)
        return token

    token = write(parts, work)
    return NewTokenShape(
        id=token.id,
        role=token.role,
        name=token.name,
        worker_id=token.worker_id,
        created_at=token.created_at,
        token=secret,
    )


@router.delete("/{token_id}", status_code=204)
def revoke_token(parts: Parts, who: Who, token_id: PathId) -> Response:
    def work(uow: UnitOfWork) -> None:
        if not uow.access.revoke_token(token_id, parts.clock.now()):
            raise not_found("token")
        note(uow, parts, who, "token.revoked", ("token", token_id))

    write(parts, work)
    return Response(status_code=204)
