"""Sessions: signing in with a password, staying so while one works, and out again, here or everywhere.

The answer to a wrong name and to a wrong password is the same and takes the same work. Only the hash of a
session's secret is kept; the store alone says when it ends. To stay signed in must never cost a page.
"""

from __future__ import annotations

import logging
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType

from fastapi import Request
from fastapi.responses import Response

from services.console import passwords
from services.console.callers import Caller, caller_of_user, cookie_name
from services.console.parts import Console
from services.console.problems import Problem
from services.console.throttle import Throttle, address_of
from services.console.writing import note
from services.domain.access import SignIn, hash_of
from services.domain.people import Role, User
from services.domain.ports import Conflict, StoreUnavailable, UnitOfWork

log = logging.getLogger(__name__)

RANDOM_BYTES = 32


@dataclass(frozen=True, slots=True)
class Life:
    """How long somebody stays signed in: unused, and at most however much they do."""

    unused: timedelta
    at_most: timedelta


AT_A_DESK = Life(unused=timedelta(hours=12), at_most=timedelta(hours=24))
"""A shift has 12 h. Who does something stays in, so that no shift ends in the middle of an alarm; twice that
is longer than anybody works, and a screen that is left is closed within a day.
"""
ON_A_PHONE = Life(unused=timedelta(days=14), at_most=timedelta(days=30))
"""Who is woken at night by a link shall not be asked for a password: a holiday between two nights that called
them, and the 30 days that NIST SP 800-63B allows where one factor suffices (§4.1.3). What a stolen phone
could show is little, and `everywhere` ends it.
"""
LIVES: Mapping[Role, Life] = MappingProxyType(
    dict.fromkeys(Role, AT_A_DESK)
    | dict.fromkeys((Role.GRID_WORKER, Role.NEIGHBOUR, Role.CAREGIVER), ON_A_PHONE)
)
RENEWED_EVERY = timedelta(minutes=15)
"""A session's end is moved on no oftener, so that looking at pages is not writing."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody who just signed in, with the secret that their cookie carries."""

    caller: Caller
    session: SignIn
    secret: str


def sign_in(parts: Console, request: Request, username: str, password: str) -> SignedIn:
    """Open a session in place of the one that the browser had; `Problem` 401, 429 or 503 if not."""
    throttle: Throttle = request.app.state.throttle
    address, name = address_of(request), typed_name(username)
    throttle.begin(address, name.casefold())
    with parts.store.reading() as uow:
        user = uow.users.by_username(name) or uow.users.by_username(name.lower())
    with throttle.working():
        check = passwords.check(password, user.password_hash if user else None)
    if user is None or not check.fits or not user.active:
        raise _wrong()
    now = parts.clock.now()
    secret = secrets.token_urlsafe(RANDOM_BYTES)
    ends_at = now + LIVES[user.role].unused
    session = SignIn(parts.new_id("ses"), hash_of(secret), user.id, now, ends_at)
    before = request.cookies.get(cookie_name(parts))
    with parts.store.writing() as uow:
        caller = _known_still(uow, user, session)
        if caller is None:
            raise _wrong()
        if check.new_hash is not None:
            uow.users.save(replace(user, password_hash=check.new_hash))
        if before is not None:
            uow.access.end_session(hash_of(before))
        uow.access.forget_sessions_over(now)
        uow.access.add_session(session)
        note(uow, parts, caller, "session.opened", ("user", user.id))
    throttle.succeeded(address, name.casefold())
    return SignedIn(caller, session, secret)


def typed_name(typed: str) -> str:
    """A name as keyboards of phones write it, made the one that was meant: no blanks around it, no letters of
    full width.
    """
    return unicodedata.normalize("NFKC", typed).strip()


def _known_still(uow: UnitOfWork, user: User, session: SignIn) -> Caller | None:
    """Who signs in, unless the login was changed while the password was worked on."""
    return caller_of_user(uow, user, session) if uow.users.get(user.id) == user else None


def _wrong() -> Problem:
    return Problem(401, "wrong_name_or_password", "The name or the password is wrong.")


def renewed(parts: Console, caller: Caller) -> Caller:
    """The caller with the end of their session moved on, where that is due. A store that cannot be written to
    just now is no reason to show nothing: the next request tries again.
    """
    session = caller.session
    if session is None:
        return caller
    ends_at = _end_of(session, caller.role, parts.clock.now())
    if ends_at - session.expires_at < RENEWED_EVERY:
        return caller
    try:
        with parts.store.writing() as uow:
            uow.access.renew_session(session.secret_hash, ends_at)
    except (StoreUnavailable, Conflict) as error:
        log.warning("a session was not renewed: %s", error)
        return caller
    return replace(caller, session=replace(session, expires_at=ends_at))


def _end_of(session: SignIn, role: Role, now: datetime) -> datetime:
    life = LIVES[role]
    return min(now + life.unused, session.created_at + life.at_most)


def sign_out(parts: Console, caller: Caller, *, everywhere: bool = False) -> None:
    """End the caller's session, or all of theirs; a token has none."""
    if caller.session is None:
        return
    with parts.store.writing() as uow:
        if everywhere:
            uow.access.end_sessions_of(caller.session.user_id)
        else:
            uow.access.end_session(caller.session.secret_hash)
        action = "session.ended_everywhere" if everywhere else "session.ended"
        note(uow, parts, caller, action, ("user", caller.session.user_id))


def set_cookie(parts: Console, response: Response, signed_in: SignedIn) -> None:
    """Hand the secret to the browser, for as long as the session can last at all."""
    response.set_cookie(
        cookie_name(parts),
        signed_in.secret,
        max_age=int(LIVES[signed_in.caller.role].at_most.total_seconds()),
        path="/",
        secure=parts.settings.secure_cookies,
        httponly=True,
        samesite="lax",
    )


def clear_cookie(parts: Console, response: Response) -> None:
    response.delete_cookie(
        cookie_name(parts), path="/", secure=parts.settings.secure_cookies, httponly=True, samesite="lax"
    )
