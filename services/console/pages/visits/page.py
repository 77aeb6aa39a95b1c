"""The visits' pages: who is still owed one, the form that records one, and taking back one's own of today.

A form goes the way of the API, under the same keys, so that a form sent twice, by hand or by a phone that was
without a line, records once. It must never take what the API would refuse.
"""

from __future__ import annotations

import json
import secrets
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from pydantic import StringConstraints, ValidationError

from services.console.api import visits as api
from services.console.api.fields import PathId, Shape
from services.console.api.references import Known
from services.console.callers import Caller, Parts, Who
from services.console.gate import GuardedRoute
from services.console.pages.files import EDITION, FILES, address_of
from services.console.pages.rendering import language_of, page
from services.console.pages.texts import Texts
from services.console.pages.visits import view as view_of_visits
from services.console.pages.visits.owed import quota_of, zone_of
from services.console.parts import Console
from services.console.problems import Problem, not_found, unfit
from services.console.recording import Said, record
from services.console.sight import Sight
from services.console.writing import answered_once, note
from services.domain.events import Event
from services.domain.instants import NotAnInstant, format_instant, local, parse_instant
from services.domain.ports import UnitOfWork
from services.domain.visits import Mistake, Service
from services.escalation.permission import MAY_SPEAK_FOR_OTHERS

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)

API = "/api/v1/visits"
KEPT_FILES = ("console.css", "visits.css", "queue.js", "visits.js", "mark.svg")
"""What the pages need without a line."""
Chosen = Annotated[str, Query(pattern=r"^[A-Za-z0-9_.:\-]{0,64}$")]
Key = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,200}$")]


class VisitForm(Shape):
    """What the form says; an empty field says nothing."""

    key: Key
    resident_id: str = ""
    service: str = ""
    worker_id: str = ""
    at: str = ""
    """The wall time of the home, as `datetime-local` writes it; empty: now."""
    note: str = ""


class MistakeForm(Shape):
    """Why a visit is taken back."""

    reason: Mistake


@router.get("/visits")
def show_visits(
    request: Request,
    parts: Parts,
    who: Who,
    grid: Chosen = "",
    recorded: Chosen = "",
    taken_back: Chosen = "",
) -> Response:
    quota = quota_of(parts)
    with parts.store.reading() as uow:
        view = view_of_visits.gather(uow, parts, who, quota, grid or None)
        back = _taken_back(uow, parts, who, view, taken_back)
    return page(
        request,
        "visits.html",
        view=view,
        user=api.user_of(who),
        grid=grid,
        recorded=next((each for each in view.mine_today if each[0].event.id == recorded), None),
        taken_back=back,
        mistakes=tuple(Mistake),
        in_zone=lambda zone: Texts(language_of(request, who), zone),
    )


@router.get("/visits/new")
def show_form(request: Request, parts: Parts, who: Who, resident: Chosen = "") -> Response:
    return _form_page(request, parts, who, VisitForm(key=_new_key(), resident_id=resident))


@router.get("/visits/now")
def tell_now(parts: Parts, who: Who) -> Response:
    """Who is signed in, and what time it is here: what a phone has to know before it sends what it kept."""
    return JSONResponse({"user": api.user_of(who), "now": format_instant(parts.clock.now())})


@router.post("/visits")
def take_visit(request: Request, parts: Parts, who: Who, form: Annotated[VisitForm, Form()]) -> Response:
    try:
        body = _body_of(parts, form)
        _, answer = answered_once(
            parts, who, ("POST", API), form.key, body, api.recording(parts, who, body, form.key)
        )
    except Problem as problem:
        # A key that came with other words stays the key of those; the next try is a new visit.
        return _form_page(request, parts, who, form.model_copy(update={"key": _new_key()}), problem)
    return RedirectResponse(f"/visits?recorded={json.loads(answer)['id']}", 303)


@router.post("/visits/{visit_id}/take-back")
def take_back(parts: Parts, who: Who, visit_id: PathId, form: Annotated[MistakeForm, Form()]) -> Response:
    """One's own visit of today, once; the event stays and another says that it counts no more."""

    def work(uow: UnitOfWork) -> tuple[int, Shape]:
        _check_mine_of_today(uow, parts, who, uow.events.get(visit_id))
        data = {"event_id": visit_id, "reason": form.reason.value}
        event = record(uow, parts, who, Said("event.retracted", None, None, data))
        if not event.synthetic:
            note(uow, parts, who, "event.recorded", ("event", event.id), event.kind)
        return 201, Shape()

    key = f"take-back-{visit_id}"
    answered_once(parts, who, ("POST", f"/visits/{visit_id}/take-back"), key, Shape(), work)
    return RedirectResponse(f"/visits?taken_back={visit_id}", 303)


@router.get("/offline.js")
def read_worker() -> Response:
    """The script that opens these pages without a line. Browsers compare it whole, so a new edition of any
    file replaces the old one.
    """
    files = [address_of(name) for name in KEPT_FILES]
    head = f"const EDITION = {json.dumps(EDITION)};\nconst FILES = {json.dumps(files)};\n"
    text = head + FILES["offline.js"].read_text("utf-8")
    return Response(text, media_type="text/javascript", headers={"Cache-Control": "no-cache"})


def _taken_back(
    uow: UnitOfWork, parts: Console, who: Caller, view: view_of_visits.VisitView, visit_id: str
) -> str | None:
    """Whose visit the caller has just taken back; None for any that is none, or still counts."""
    event = uow.events.get(visit_id) if visit_id else None
    try:
        _check_mine_of_today(uow, parts, who, event)
    except Problem:
        return None
    counts = any(each.event.id == visit_id for each, _ in view.mine_today)
    resident = uow.residents.get(event.resident_id or "") if event is not None and not counts else None
    return resident.name if resident is not None else None


def _check_mine_of_today(uow: UnitOfWork, parts: Console, who: Caller, event: Event | None) -> None:
    if event is None or event.kind != api.KIND or not Sight(uow, who).event(event):
        raise not_found("visit")
    resident = uow.residents.get(event.resident_id or "")
    if resident is None:
        raise not_found("visit")
    zone = zone_of(parts, resident, uow.homes.get(resident.home_id))
    if not view_of_visits.is_mine_of_today(event, who, parts.clock.now(), zone):
        raise Problem(409, "not_of_today", "Only who recorded a visit takes it back, and on the same day.")


def _body_of(parts: Console, form: VisitForm) -> api.NewVisit:
    """The form as the API would have got it; only what was said is in it."""
    said = form.model_dump(include={"resident_id", "service", "worker_id", "note"})
    fields: dict[str, Any] = {name: value for name, value in said.items() if value}
    if form.at:
        fields["occurred_at"] = _instant_of(parts, form.at, form.resident_id)
    try:
        return api.NewVisit.model_validate(fields)
    except ValidationError as error:
        field = str(error.errors()[0]["loc"][0])
        raise unfit(field, None, "a value") from error


def _instant_of(parts: Console, wall: str, resident_id: str) -> datetime:
    """The instant at which the clock of the home shows ``wall``."""
    with parts.store.reading() as uow:
        resident = Known(uow).resident("resident_id", resident_id)
        if resident is None:
            raise unfit("resident_id", None, "the id of a resident")
        zone = zone_of(parts, resident, uow.homes.get(resident.home_id))
    try:
        # `datetime-local` leaves the seconds out where they are none
        return parse_instant(wall if wall.count(":") > 1 else f"{wall}:00", zone)
    except NotAnInstant as error:
        raise unfit("occurred_at", wall, "a day and a time") from error


def _new_key() -> str:
    return secrets.token_urlsafe(18)


def _form_page(
    request: Request, parts: Console, who: Caller, said: VisitForm, problem: Problem | None = None
) -> Response:
    quota = quota_of(parts)
    with parts.store.reading() as uow:
        view = view_of_visits.gather(uow, parts, who, quota)
        speaks = who.role in MAY_SPEAK_FOR_OTHERS
        workers = [each for each in uow.workers.all() if each.active] if speaks else []
    earliest = local(view_of_visits.earliest(parts.clock.now()), parts.house.timezone)
    return page(
        request,
        "visit_form.html",
        200 if problem is None else problem.status,
        view=view,
        user=api.user_of(who),
        said=said,
        faulty=frozenset(fault.field for fault in problem.faults) if problem else frozenset(),
        problem=problem,
        services=tuple(Service),
        workers=workers,
        earliest=earliest,
    )
