"""The page of a one-tap link: what the message said, and a button for each answer. No session is needed, and
none is opened.

To look at it changes nothing and unfolds nothing, however often and by whomever: programs that make a preview
of a message open its link. Only a form that was sent does, and it is answered with the page itself, so that
what unfolds stands at no address. Where a link went to an address of several, whoever opens it says first who
they are, which changes nothing either.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import Response

from services.console.acting import Action, Deed, act_once, carry_out
from services.console.answering.links import Opened, Shared, opened
from services.console.answering.unfolding import Details, details_of, may_unfold, write_down
from services.console.api.fields import Id, Note, Shape
from services.console.callers import Caller, Parts, identify
from services.console.gate import GuardedRoute
from services.console.pages.alerts.page import REFUSALS, Minutes, SentFrom
from services.console.pages.alerts.refusals import Refused, missing, why_refused
from services.console.pages.answers.view import view_of, who_view_of
from services.console.pages.not_done import NOTHING_HERE, sentence_of
from services.console.pages.rendering import page
from services.console.parts import Console
from services.console.problems import Problem
from services.console.writing import write
from services.domain.alerts import Alert, Outcome
from services.domain.ports import UnitOfWork

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)

UNSEEN = {"X-Robots-Tag": "noindex, nofollow, noarchive, nosnippet", "Cache-Control": "no-store"}
"""Nobody keeps the page, and no search ever finds it."""
ENDED = frozenset({404, 410})

Token = Annotated[str, Path(max_length=64)]


class Wish(StrEnum):
    """What a button of the page asks for."""

    ACCEPT = "accept"
    ARRIVE = "arrive"
    CLOSE = "close"
    DECLINE = "decline"
    EXTEND = "extend"
    REAL = "real"
    HELP = "help"
    UNFOLD = "unfold"
    """To be shown once more where the key is."""


class LinkForm(Shape):
    """What a form of the page says."""

    action: Wish
    alert: Id
    outcome: Outcome | None = None
    note: Note = ""
    minutes: Minutes = None
    state: SentFrom = ""
    test: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """Beside how things stand: why something was not done, and what somebody wrote that was not kept."""

    refused: Refused | None = None
    typed: str = ""


@router.get("/a/{token}")
def show_link(request: Request, parts: Parts, token: Token) -> Response:
    try:
        with parts.store.reading() as uow:
            link = _opened(uow, request, parts, token)
            if isinstance(link, Shared):
                return _who(request, uow, parts, link)
            view = view_of(uow, parts, link)
    except Problem as problem:
        return _ended(request, problem)
    return _page(request, link, view, Shown())


@router.post("/a/{token}")
def take_answer(request: Request, parts: Parts, token: Token, form: Annotated[LinkForm, Form()]) -> Response:
    shown, status = Shown(), 200
    unfolded: dict[str, Details] = {}
    try:
        unfolded = write(parts, partial(_answer, request=request, parts=parts, token=token, form=form))
    except Problem as problem:
        if problem.status in ENDED:
            return _ended(request, problem)
        if problem.status not in REFUSALS:
            raise
        shown, status = Shown(why_refused(problem), form.note), problem.status
    with parts.store.reading() as uow:
        link = _opened(uow, request, parts, token)
        if isinstance(link, Shared):
            return _who(request, uow, parts, link, not_done=True, status=status)
        view = view_of(uow, parts, link, unfolded)
    return _page(request, link, view, shown, status)


def _opened(uow: UnitOfWork, request: Request, parts: Console, token: str) -> Opened | Shared:
    return opened(uow, parts, token, identify(uow, request, parts.clock.now()))


def _answer(
    uow: UnitOfWork, request: Request, parts: Console, token: str, form: LinkForm
) -> dict[str, Details]:
    """Do what was asked for; what unfolds by it, which the audit knows then."""
    link = _opened(uow, request, parts, token)
    if isinstance(link, Shared):  # they were signed in when the page was made, and are no more
        raise Problem(409, "who_are_you", "Several are reached by this link; nothing was done.")
    link.alert(uow, form.alert)
    if form.action is not Wish.UNFOLD:
        if form.action is Wish.CLOSE and form.outcome is None:
            raise missing("outcome")
        act_once(uow, parts, link.caller, _deed(form), form.state, partial(_act, link))
    alert = link.alert(uow, form.alert)
    if not may_unfold(alert, link.caller):
        return {}
    scene = parts.gathering.around_alert(uow, alert, parts.clock.now())
    write_down(uow, parts, link.caller, alert, f"by the link of {link.notice.id}")
    return {alert.id: details_of(uow, alert, scene)}


def _act(link: Opened, uow: UnitOfWork, parts: Console, who: Caller, deed: Deed) -> Alert:
    return carry_out(uow, parts, who, deed, link.alert(uow, deed.alert_id))


def _deed(form: LinkForm) -> Deed:
    return Deed(
        Action(form.action.value),
        form.alert,
        note=form.note.strip() or None,
        outcome=form.outcome or Outcome.OTHER,
        by_for=timedelta(minutes=form.minutes or 0),
        as_test=form.test,
    )


def _page(request: Request, link: Opened, view: object, shown: Shown, status: int = 200) -> Response:
    answer = page(
        request,
        "answer.html",
        status,
        speaks=link.person.language,
        view=view,
        shown=shown,
    )
    answer.headers.update(UNSEEN)
    return answer


def _who(
    request: Request,
    uow: UnitOfWork,
    parts: Console,
    link: Shared,
    *,
    not_done: bool = False,
    status: int = 200,
) -> Response:
    """The question who they are; after a button it says that nothing was done yet."""
    speaks, view = link.people[0].worker.language, who_view_of(uow, parts, link)
    answer = page(request, "answer_who.html", status, speaks=speaks, view=view, not_done=not_done)
    answer.headers.update(UNSEEN)
    return answer


def _ended(request: Request, problem: Problem) -> Response:
    """In words what to do instead: a person who was called must not stand before a closed door."""
    if problem.status not in ENDED:
        raise problem
    answer = page(request, "answer_ended.html", problem.status, sentence=sentence_of(problem) or NOTHING_HERE)
    answer.headers.update(UNSEEN)
    return answer
