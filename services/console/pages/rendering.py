"""Rendering: pages from templates, in the language of whoever looks, with what every page has.

A page works without scripts. It must never show what the person who looks may not see.
"""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from services.console.callers import Caller, identify, parts_of
from services.console.pages.addresses import asked_for, sign_in_before, wanted
from services.console.pages.files import address_of
from services.console.pages.not_done import sentence_of
from services.console.pages.preferred import preferred
from services.console.pages.texts import Texts
from services.console.pages.words import said
from services.console.problems import Problem
from services.console.rights import RIGHTS
from services.domain.people import Language
from services.domain.ports import StoreUnavailable

LANGUAGE_COOKIE = "anxin_language"
LANGUAGE_NAMES = {Language.ZH_CN: "中文", Language.BO: "བོད་ཡིག", Language.EN: "English"}
SECTIONS = {
    "/": said("Board"),
    "/visits": said("Visits"),
    "/rosters": said("Rosters"),
    "/devices": said("Devices"),
    "/silences": said("Silences"),
    "/handover": said("Hand-over"),
    "/figures": said("Figures"),
}

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


TIBETAN = re.compile("[\u0f00-\u0fff]")


def lang_of(text: str) -> Markup:
    """The attribute for what people entered in Tibetan letters, on a page of any language: they are higher
    than others, and cut off in a line that is not theirs.
    """
    return Markup(' lang="bo"') if TIBETAN.search(text) else Markup()


_TEMPLATES.filters["lang_of"] = lang_of


def language_of(request: Request, caller: Caller | None) -> Language:
    """As chosen on this machine, else the worker's own, else what the browser asks for, else the house's."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    if chosen in set(Language):
        return Language(chosen)
    if caller is not None and caller.worker is not None:
        return caller.worker.language
    return preferred(request.headers.get("accept-language", "")) or parts_of(request).house.language


def caller_of(request: Request) -> Caller | None:
    caller: Caller | None = getattr(request.state, "caller", None)
    return caller


def page(
    request: Request, template: str, status: int = 200, *, speaks: Language | None = None, **values: object
) -> Response:
    """One page of the house; ``speaks`` is the language of whoever it is for, where they are no caller."""
    parts = parts_of(request)
    caller = caller_of(request)
    chosen = request.cookies.get(LANGUAGE_COOKIE) in set(Language)
    language = speaks if speaks is not None and not chosen else language_of(request, caller)
    texts = Texts(language, parts.house.timezone)
    text = _TEMPLATES.get_template(template).render(
        t=texts,
        static=address_of,
        language=texts.language,
        languages=LANGUAGE_NAMES,
        here=request.url.path,
        asked_for=asked_for(request),
        person=caller,
        demo=parts.settings.demo,
        sections=_sections(caller),
        demo_logins=parts.settings.demo_logins,
        **values,
    )
    return HTMLResponse(text, status)


def alone(template: str, texts: Texts, **values: object) -> str:
    """A page that stands by itself, outside the frame of the console: the text of a file."""
    return _TEMPLATES.get_template(template).render(t=texts, **values)


def _sections(caller: Caller | None) -> list[tuple[str, str]]:
    """The parts of the console that somebody may open: address and English name, in their order."""
    if caller is None:
        return []
    rights = ((path, name, RIGHTS.get(("GET", path))) for path, name in SECTIONS.items())
    return [(path, name) for path, name, right in rights if right is not None and caller.role in right.roles]


def is_for_a_person(request: Request) -> bool:
    """Whether a person waits for a page, rather than a program for an answer."""
    return not request.url.path.startswith("/api/") and "text/html" in request.headers.get("accept", "")


def problem_page(request: Request, problem: Problem) -> Response:
    """A fault in words; who is not known is asked to sign in, and then comes back."""
    if problem.status == 401:  # noqa: PLR2004 - the contract's own number
        return RedirectResponse(sign_in_before(wanted(request)), 303)
    _know_who_asks(request)
    return page(request, "problem.html", problem.status, problem=problem, sentence=sentence_of(problem))


def _know_who_asks(request: Request) -> None:
    """A refusal comes before the gate has let anybody in, and where no route is there is no gate at all: the
    page is in their language all the same, and has their sections as the way back.
    """
    if caller_of(request) is not None:
        return
    parts = parts_of(request)
    # Where the store cannot be reached, the page still says what happened; of who asks it knows nothing then.
    with suppress(StoreUnavailable), parts.store.reading() as uow:
        request.state.caller = identify(uow, request, parts.clock.now())
