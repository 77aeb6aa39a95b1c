"""One's own login: another password, for whoever knows the present one.

Guessing the present one is throttled as at the door. A new password ends every other session, so that
whoever learned the old one is out; the one it was set from goes on.
"""

from __future__ import annotations

from dataclasses import replace

from fastapi import Request

from services.console import passwords
from services.console.callers import Caller
from services.console.parts import Console
from services.console.problems import Problem, not_found, unfit
from services.console.throttle import Throttle, address_of
from services.console.writing import note, write
from services.domain.ports import UnitOfWork


def change_password(parts: Console, request: Request, who: Caller, present: str, new: str) -> None:
    """`Problem` 403 where ``present`` is wrong, 422 where ``new`` will not do, 429, 503 as at the door, 404
    for a token, which has no password.
    """
    session = who.session
    if session is None or who.username is None:
        raise not_found("login")
    if not passwords.SHORTEST <= len(new) <= passwords.LONGEST:
        raise unfit("new", None, f"{passwords.SHORTEST} to {passwords.LONGEST} characters")
    throttle: Throttle = request.app.state.throttle
    address, name = address_of(request), who.username.casefold()
    throttle.begin(address, name)
    with parts.store.reading() as uow:
        user = uow.users.get(session.user_id)
    with throttle.working():
        fits = passwords.check(present, user.password_hash if user else None).fits
        if user is None or not fits:
            raise Problem(403, "wrong_password", "The present password is wrong.")
        new_hash = passwords.hashed(new)

    def work(uow: UnitOfWork) -> None:
        now = uow.users.get(user.id)
        if now is None or now.password_hash != user.password_hash:
            raise Problem(409, "changed_meanwhile", "The password was changed meanwhile.")
        uow.users.save(replace(now, password_hash=new_hash))
        uow.access.end_sessions_of(user.id)
        uow.access.add_session(session)
        note(uow, parts, who, "password.changed", ("user", user.id))

    write(parts, work)
    throttle.succeeded(address, name)
