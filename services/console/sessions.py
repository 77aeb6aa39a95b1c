"""Sessions: signing in with a password, and out again.

The answer to a wrong name and to a wrong password is the same and takes the same work. Who fails too
often waits. Only the hash of a session's secret is kept.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import timedelta

from fastapi import Request
from fastapi.responses import Response
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from services.console import passwords
from services.console.callers import COOKIE, Caller, caller_of_user
from services.console.parts import Console
from services.console.problems import Problem
from services.console.writing import note
from services.domain.access import SignIn, hash_of

LASTS_FOR = timedelta(hours=12)
RANDOM_BYTES = 32


@dataclass
class Throttle:
    """Counts failed sign-ins: of one name from one address, and of one address."""

    of_name: RateLimitItemPerMinute = field(default_factory=lambda: RateLimitItemPerMinute(10, 5))
    of_address: RateLimitItemPerMinute = field(default_factory=lambda: RateLimitItemPerMinute(100, 5))

    def __post_init__(self) -> None:
        self._limiter = FixedWindowRateLimiter(MemoryStorage())

    def check(self, address: str, username: str) -> None:
        """`Problem` 429 if too many failed already."""
        if not (
            self._limiter.test(self.of_name, address, username)
            and self._limiter.test(self.of_address, address)
        ):
            seconds = str(self.of_name.get_expiry())
            raise Problem(
                429,
                "too_many_tries",
                "Too many failed sign-ins; wait a few minutes.",
                headers={"Retry-After": seconds},
            )

    def failed(self, address: str, username: str) -> None:
        self._limiter.hit(self.of_name, address, username)
        self._limiter.hit(self.of_address, address)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody who just signed in, with the secret that their cookie carries."""

    caller: Caller
    session: SignIn
    secret: str


def sign_in(parts: Console, request: Request, username: str, password: str) -> SignedIn:
    """Open a session; `Problem` 401 or 429 if not."""
    throttle: Throttle = request.app.state.throttle
    address = request.client.host if request.client else "unknown"
    throttle.check(address, username)
    with parts.store.reading() as uow:
        user = uow.users.by_username(username)
    fits = passwords.matches(password, user.password_hash if user else None)
    if user is None or not fits or not user.active:
        throttle.failed(address, username)
        raise Problem(401, "wrong_name_or_password", "The name or the password is wrong.")
    now = parts.clock.now()
    secret = secrets.token_urlsafe(RANDOM_BYTES)
    session = SignIn(parts.new_id("ses"), hash_of(secret), user.id, now, now + LASTS_FOR)
    with parts.store.writing() as uow:
        caller = caller_of_user(uow, user, session)
        if caller is None:
            raise Problem(401, "wrong_name_or_password", "The name or the password is wrong.")
        uow.access.add_session(session)
        note(uow, parts, caller, "session.opened", ("user", user.id))
    return SignedIn(caller, session, secret)


def sign_out(parts: Console, caller: Caller) -> None:
    """End the caller's session; a token has none."""
    if caller.session is not None:
        with parts.store.writing() as uow:
            uow.access.end_session(caller.session.secret_hash)
            note(uow, parts, caller, "session.ended", ("user", caller.session.user_id))


def set_cookie(parts: Console, response: Response, secret: str) -> None:
    response.set_cookie(
        COOKIE,
        secret,
        max_age=int(LASTS_FOR.total_seconds()),
        path="/",
        secure=parts.settings.secure_cookies,
        httponly=True,
        samesite="strict",
    )


def clear_cookie(parts: Console, response: Response) -> None:
    response.delete_cookie(
        COOKIE, path="/", secure=parts.settings.secure_cookies, httponly=True, samesite="strict"
    )
