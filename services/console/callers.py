"""Callers: who is asking, worked out from a bearer token or a session cookie.

Secrets are compared by their hash alone. A login that was switched off, a revoked token and a session
that is over know nobody.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request

from services.console.parts import Console
from services.console.rights import Sees
from services.domain.access import SignIn, hash_of
from services.domain.people import Role, User, Worker
from services.domain.ports import UnitOfWork

COOKIE = "anxin_session"
OF_THIS_HOST = "__Host-"
"""Browsers take a cookie of such a name over TLS alone and from this very host: no neighbour plants one."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who is known, with how much they see on the route they called."""

    actor: str
    """What the audit calls them: ``user:<name>`` or ``token:<id>``."""
    role: Role
    username: str | None = None
    worker: Worker | None = None
    session: SignIn | None = None
    sees: Sees = Sees.AROUND
    way: str = ""
    """How they came in, in words, where the audit has to say more than who they are."""

    @property
    def worker_id(self) -> str | None:
        return self.worker.id if self.worker else None

    @property
    def speaks_for_role(self) -> bool:
        """A token that names no worker stands for its whole role: it sees what any of them sees, and says in
        each action for whom of them.
        """
        return self.worker is None and self.username is None

    @property
    def name(self) -> str:
        """What moves and events call them: the worker where there is one."""
        return self.worker_id or self.actor

    def seeing(self, sees: Sees) -> Caller:
        return replace(self, sees=Sees.ALL if self.speaks_for_role else sees)


def cookie_name(parts: Console) -> str:
    """What the cookie of a session is called in this installation."""
    return f"{OF_THIS_HOST}{COOKIE}" if parts.settings.secure_cookies else COOKIE


def bearer_of(request: Request) -> str | None:
    """The bearer token of a request; None if it bears none (an empty one is one that nobody has)."""
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else None


def identify(uow: UnitOfWork, request: Request, at: datetime) -> Caller | None:
    """Who asks, None if nobody is known. A bad token is not saved by a good cookie beside it."""
    if request.headers.get("authorization") is not None:
        return _of_token(uow, bearer_of(request) or "")
    secret = request.cookies.get(cookie_name(parts_of(request)))
    return _of_session(uow, secret, at) if secret else None


def _of_token(uow: UnitOfWork, secret: str) -> Caller | None:
    token = uow.access.token(hash_of(secret))
    if token is None:
        return None
    worker = uow.workers.get(token.worker_id) if token.worker_id else None
    if token.worker_id and (worker is None or not worker.active):
        return None
    return Caller(actor=f"token:{token.id}", role=token.role, worker=worker)


def _of_session(uow: UnitOfWork, secret: str, at: datetime) -> Caller | None:
    session = uow.access.session(hash_of(secret))
    if session is None or session.expires_at <= at:
        return None
    user = uow.users.get(session.user_id)
    return caller_of_user(uow, user, session) if user is not None else None


def caller_of_user(uow: UnitOfWork, user: User, session: SignIn | None = None) -> Caller | None:
    if not user.active:
        return None
    worker = uow.workers.get(user.worker_id) if user.worker_id else None
    if worker is not None and not worker.active:
        return None
    return Caller(
        actor=f"user:{user.username}", role=user.role, username=user.username, worker=worker, session=session
    )


def parts_of(request: Request) -> Console:
    parts: Console = request.app.state.parts
    return parts


async def _parts_of(request: Request) -> Console:
    return parts_of(request)


async def _caller_of(request: Request) -> Caller:
    caller: Caller = request.state.caller
    return caller


# Coroutines, though nothing is waited for: each plain function would be sent through a thread of its own.
Parts = Annotated[Console, Depends(_parts_of)]
Who = Annotated[Caller, Depends(_caller_of)]
