"""Signing in and out, and the choice of the language. Whoever wanted a page comes back to it; an address of
another site is never led to.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from services.console.api.fields import Shape
from services.console.api.session import SignInFields
from services.console.callers import Parts, Who, identify
from services.console.gate import GuardedRoute
from services.console.pages.addresses import BOARD, SIGN_IN, inside
from services.console.pages.rendering import LANGUAGE_COOKIE, page
from services.console.problems import Problem
from services.console.sessions import clear_cookie, set_cookie, sign_in, sign_out
from services.domain.people import Language

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)

A_YEAR = 365 * 24 * 3600


class LanguageForm(Shape):
    """The language that this machine shall speak."""

    language: Language
    back: str = BOARD


Next = Annotated[str, Query(alias="next")]
"""The page that somebody wanted before they were asked who they are."""


@router.get("/sign-in")
def show_sign_in(request: Request, parts: Parts, wanted: Next = BOARD) -> Response:
    with parts.store.reading() as uow:
        if identify(uow, request, parts.clock.now()) is not None:
            return RedirectResponse(inside(wanted), 303)
    return page(request, "sign_in.html", wrong=None, username="")


@router.post("/sign-in")
def take_sign_in(
    request: Request, parts: Parts, form: Annotated[SignInFields, Form()], wanted: Next = BOARD
) -> Response:
    try:
        signed_in = sign_in(parts, request, form.username, form.password)
    except Problem as problem:
        answer = page(request, "sign_in.html", problem.status, wrong=problem, username=form.username)
        answer.headers.update(problem.headers)
        return answer
    response = RedirectResponse(inside(wanted), 303)
    set_cookie(parts, response, signed_in)
    return response


@router.post("/sign-out")
def take_sign_out(parts: Parts, who: Who) -> Response:
    sign_out(parts, who)
    response = RedirectResponse(SIGN_IN, 303)
    clear_cookie(parts, response)
    return response


@router.post("/language")
def take_language(parts: Parts, form: Annotated[LanguageForm, Form()]) -> Response:
    response = RedirectResponse(inside(form.back), 303)
    response.set_cookie(
        LANGUAGE_COOKIE,
        form.language.value,
        max_age=A_YEAR,
        path="/",
        secure=parts.settings.secure_cookies,
        httponly=True,
        samesite="lax",
    )
    return response
