"""One's own page: who one is here, where one is signed in, out everywhere, another password."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from services.console import passwords
from services.console.api.fields import Shape
from services.console.api.session import Given
from services.console.callers import Caller, Parts, Who
from services.console.gate import GuardedRoute
from services.console.own_login import change_password
from services.console.pages.addresses import SIGN_IN
from services.console.pages.rendering import page
from services.console.parts import Console
from services.console.problems import Problem
from services.console.sessions import clear_cookie, sign_out

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)

ADDRESS = "/you"


class PasswordForm(Shape):
    """The present password and the new one."""

    present: Given
    new: Given


@router.get(ADDRESS)
def show_you(request: Request, parts: Parts, who: Who, *, changed: bool = False) -> Response:
    return _page(request, parts, who, changed=changed)


@router.post(f"{ADDRESS}/password")
def take_password(
    request: Request, parts: Parts, who: Who, form: Annotated[PasswordForm, Form()]
) -> Response:
    try:
        change_password(parts, request, who, form.present, form.new)
    except Problem as problem:
        answer = _page(request, parts, who, wrong=problem)
        answer.headers.update(problem.headers)
        return answer
    return RedirectResponse(f"{ADDRESS}?changed=true", 303)


@router.post(f"{ADDRESS}/sign-out")
def take_sign_out_everywhere(parts: Parts, who: Who) -> Response:
    sign_out(parts, who, everywhere=True)
    response = RedirectResponse(SIGN_IN, 303)
    clear_cookie(parts, response)
    return response


def _page(
    request: Request, parts: Console, who: Caller, *, wrong: Problem | None = None, changed: bool = False
) -> Response:
    now = parts.clock.now()
    sessions = []
    if who.session is not None:
        with parts.store.reading() as uow:
            sessions = [each for each in uow.access.sessions_of(who.session.user_id) if each.expires_at > now]
    return page(
        request,
        "you.html",
        wrong.status if wrong else 200,
        now=now,
        sessions=sessions,
        shortest=passwords.SHORTEST,
        longest=passwords.LONGEST,
        wrong=wrong,
        changed=changed,
    )
