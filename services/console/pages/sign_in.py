"""Signing in and out, and the choice of the language."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from services.console.api.fields import Shape
from services.console.api.session import SignInFields
from services.console.callers import Parts, Who, identify
from services.console.gate import GuardedRoute
from services.console.pages.rendering import LANGUAGE_COOKIE, SIGN_IN, page
from services.console.problems import Problem
from services.console.sessions import clear_cookie, set_cookie, sign_in, sign_out
from services.domain.people import Language

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)

A_YEAR = 365 * 24 * 3600


class LanguageForm(Shape):
    """The language that this machine shall speak."""

    language: Language
    back: str = "/"


@router.get("/sign-in")
def show_sign_in(request: Request, parts: Parts) -> Response:
    with parts.store.reading() as uow:
        if identify(uow, request, parts.clock.now()) is not None:
            return RedirectResponse("/", 303)
    return page(request, "sign_in.html", wrong=None, username="")


@router.post("/sign-in")
def take_sign_in(request: Request, parts: Parts, form: Annotated[SignInFields, Form()]) -> Response:
    try:
        signed_in = sign_in(parts, request, form.username, form.password)
    except Problem as problem:
        answer = page(request, "sign_in.html", problem.status, wrong=problem, username=form.username)
        answer.headers.update(problem.headers)
        return answer
    response = RedirectResponse("/", 303)
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
    back = urlsplit(form.back)
    inside = not back.scheme and not back.netloc and form.back.startswith("/") and "\\" not in form.back
    response = RedirectResponse(form.back if inside else "/", 303)
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
