"""The page of one alert, and what somebody says on it: I have it, I am there, it is over.

Each action is a form that is carried out as the interface carries it out. What turned out impossible
meanwhile is answered with the page itself, as things stand now; the same form sent twice does nothing twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response
from markupsafe import Markup
from pydantic import Field, StringConstraints

from services.console.acting import Action, Deed, act_once
from services.console.answering.unfolding import write_down_once
from services.console.api.fields import Note, PathId, Shape
from services.console.callers import Caller, Parts, Who
from services.console.gate import GuardedRoute
from services.console.pages.addresses import BOARD, inside
from services.console.pages.alerts.refusals import Refused, missing, refused_as, why_refused
from services.console.pages.alerts.subjects import outcomes_of
from services.console.pages.alerts.view import view_of
from services.console.pages.pictures import strips
from services.console.pages.pictures.bed import BedState
from services.console.pages.pictures.gathering import Strip
from services.console.pages.rendering import language_of, page
from services.console.pages.texts import Texts
from services.console.parts import Console
from services.console.problems import Problem
from services.console.writing import write
from services.domain.alerts import Outcome
from services.domain.people import Language

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)

REFUSALS = frozenset({403, 409, 422})
"""Answers that leave the page usable: it says why not, and what can be done instead."""
LONGEST_SPAN = 24 * 60
"""Minutes that a form can ask for at a time, as at the interface; the policy allows less."""


Minutes = Annotated[int, Field(ge=1, le=LONGEST_SPAN)] | None
SentFrom = Annotated[str, StringConstraints(max_length=40)]


class ActionForm(Shape):
    """What a form of a page says about an alert; an empty field is one that says nothing."""

    worker: str = ""
    outcome: Outcome | None = None
    note: Note = ""
    to: str = ""
    minutes: Minutes = None
    state: SentFrom = ""
    """Which state of the alert the form stood under: what tells a form that is sent twice."""
    test: bool = False
    """Whether the form stood under a test."""
    back: str = BOARD


def address_of_alert(alert_id: str) -> str:
    """Where the page of an alert is."""
    return f"/alerts/{alert_id}"


@router.get("/alerts/{alert_id}")
def show_alert(
    request: Request,
    parts: Parts,
    who: Who,
    alert_id: PathId,
    story: Annotated[str, Query()] = "",
    refused: Annotated[str, Query()] = "",
) -> Response:
    shown = Shown(whole_story=story == "all", refused=refused_as(refused))
    return _page(request, parts, who, alert_id, shown)


@router.get("/alerts/{alert_id}/{action}")
def show_alert_again(alert_id: PathId, action: Action) -> Response:  # noqa: ARG001 - a part of the path
    """Where an action was refused the address is the form's; reloaded, it is the page."""
    return RedirectResponse(address_of_alert(alert_id), 303)


@router.post("/alerts/{alert_id}/{action}")
def take_action(
    request: Request,
    parts: Parts,
    who: Who,
    alert_id: PathId,
    action: Action,
    form: Annotated[ActionForm, Form()],
) -> Response:
    deed = _deed(who, alert_id, action, form)
    try:
        _require_whole(deed, form)
        write(parts, partial(act_once, parts=parts, who=who, deed=deed, sent_from=form.state))
    except Problem as problem:
        if problem.status not in REFUSALS:
            raise
        shown = Shown(refused=why_refused(problem), status=problem.status, typed=form.note)
        return _page(request, parts, who, alert_id, shown)
    return RedirectResponse(inside(form.back), 303)


def _deed(who: Caller, alert_id: str, action: Action, form: ActionForm) -> Deed:
    for_another = form.worker if form.worker not in {"", who.worker_id} else None
    return Deed(
        action=action,
        alert_id=alert_id,
        worker_id=for_another if who.worker is None else None,
        on_behalf_of=for_another if who.worker is not None else None,
        note=form.note.strip() or None,
        outcome=form.outcome or Outcome.OTHER,
        to=form.to,
        by_for=timedelta(minutes=form.minutes or 0),
        as_test=form.test,
    )


def _require_whole(deed: Deed, form: ActionForm) -> None:
    """What a browser would have asked for before it sent the form."""
    needed = {
        Action.CLOSE: (form.outcome, "outcome"),
        Action.NOTE: (deed.note, "note"),
        Action.HANDOVER: (form.to, "to_worker_id"),
        Action.EXTEND: (form.minutes, "minutes"),
    }
    value, field = needed.get(deed.action, (True, ""))
    if not value:
        raise missing(field)


@dataclass(frozen=True, slots=True)
class Shown:
    """How the page is shown beside what is so: the whole story, why something was not done, and what somebody
    had written that was not kept.
    """

    whole_story: bool = False
    refused: Refused | None = None
    status: int = 200
    typed: str = ""


def _picture(language: Language, strip: Strip | None) -> Markup | None:
    """The night's bed, where anything is known of it."""
    nothing = {BedState.UNKNOWN, BedState.AHEAD}
    if strip is None or all(each.state in nothing for each in strip.pieces):
        return None
    return strips.night(Texts(language, strip.zone), strip)


def _page(request: Request, parts: Console, who: Caller, alert_id: str, shown: Shown) -> Response:
    with parts.store.reading() as uow:
        view = view_of(uow, parts, who, alert_id, whole_story=shown.whole_story)
    write_down_once(parts, who, view.unfolded, "on the page of the alert")
    return page(
        request,
        "alert.html",
        shown.status,
        view=view,
        shown=shown,
        night=_picture(language_of(request, who), view.night),
        outcomes=outcomes_of(view.alert),
    )
