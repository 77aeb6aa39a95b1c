"""Alerts: matters that somebody must take, and what people say about them: I have it, I am there, it is
over.

What an action means is decided by escalation; here it is carried out in one transaction, with whoever
acts named in each move. A repeat of one's own action changes nothing and answers 200.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from services.console.acting import Action, Deed, act, language_of
from services.console.api.alert_shapes import AlertShape, shape_of
from services.console.api.fields import Id, Note, PathId, Shape, Whole
from services.console.api.lists import (
    FIRST,
    After,
    IdFilter,
    Limit,
    Listed,
    Since,
    Synthetic,
    Until,
    WordFilter,
    asked,
    listed,
)
from services.console.callers import Caller, Parts, Who
from services.console.gate import GuardedRoute
from services.console.parts import Console
from services.console.problems import documented, not_found
from services.console.sight import Sight
from services.console.writing import IdempotencyKey, write_once
from services.domain.alerts import AlertState, Outcome
from services.domain.findings import Severity
from services.domain.ports import UnitOfWork

router = APIRouter(prefix="/api/v1/alerts", tags=["alerts"], route_class=GuardedRoute)

StateFilter = Annotated[AlertState | Literal["running"] | SkipJsonSchema[None], Query()]


class ActionFields(Shape):
    """Who acts, where it is not simply the caller."""

    worker_id: Id | None = Field(default=None, description="Left out: the caller's worker.")
    on_behalf_of: Id | None = Field(default=None, description="The worker who telephoned.")


class NotedFields(ActionFields):
    """An action that may say why."""

    note: Note | None = None


class CloseFields(NotedFields):
    """How it ended."""

    outcome: Outcome


class HandoverFields(ActionFields):
    """Who is asked to take it."""

    to_worker_id: Id


class ExtendFields(ActionFields):
    """How many more minutes are needed."""

    minutes: Annotated[Whole, Field(ge=1, le=1440)]


class NoteFields(ActionFields):
    """Something worth knowing."""

    note: Annotated[Note, Field(min_length=1)]


@router.get("")
def list_alerts(
    *,
    parts: Parts,
    who: Who,
    after: After = 0,
    limit: Limit = FIRST,
    resident_id: IdFilter = None,
    device_id: IdFilter = None,
    kind: WordFilter = None,
    state: StateFilter = None,
    severity: Annotated[Severity | SkipJsonSchema[None], Query()] = None,
    since: Since = None,
    until: Until = None,
    synthetic: Synthetic = False,
) -> Listed[AlertShape]:
    filters = asked(
        resident_id=resident_id,
        device_id=device_id,
        kind=kind,
        state=state,
        severity=severity,
        since=since,
        until=until,
        synthetic=synthetic,
    )
    language = language_of(parts, who)
    with parts.store.reading() as uow:
        return listed(
            lambda start, count: uow.alerts.page(filters, start, count),
            lambda alert: shape_of(uow, alert, language),
            after,
            limit,
            Sight(uow, who).alert,
        )


@router.get("/{alert_id}")
def read_alert(parts: Parts, who: Who, alert_id: PathId) -> AlertShape:
    with parts.store.reading() as uow:
        alert = uow.alerts.get(alert_id)
        if alert is None or not Sight(uow, who).alert(alert):
            raise not_found("alert")
        return shape_of(uow, alert, language_of(parts, who))


def _do(
    request: Request, parts: Console, who: Caller, key: str | None, body: ActionFields, deed: Deed
) -> Response:
    def work(uow: UnitOfWork) -> tuple[int, AlertShape]:
        return 200, shape_of(uow, act(uow, parts, who, deed), language_of(parts, who))

    return write_once(parts, who, request, key, body, work)


def _deed(action: Action, alert_id: str, body: ActionFields) -> Deed:
    return Deed(action, alert_id, body.worker_id, body.on_behalf_of)


@router.post("/{alert_id}/accept", response_model=AlertShape, responses=documented(409))
def accept_alert(
    request: Request,
    parts: Parts,
    who: Who,
    alert_id: PathId,
    body: ActionFields | None = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    said = body or ActionFields()
    return _do(request, parts, who, idempotency_key, said, _deed(Action.ACCEPT, alert_id, said))


@router.post("/{alert_id}/arrive", response_model=AlertShape, responses=documented(409))
def arrive_at_alert(
    request: Request,
    parts: Parts,
    who: Who,
    alert_id: PathId,
    body: ActionFields | None = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    said = body or ActionFields()
    return _do(request, parts, who, idempotency_key, said, _deed(Action.ARRIVE, alert_id, said))


@router.post("/{alert_id}/close", response_model=AlertShape, responses=documented(409))
def close_alert(
    request: Request,
    parts: Parts,
    who: Who,
    alert_id: PathId,
    body: CloseFields,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    deed = Deed(
        Action.CLOSE, alert_id, body.worker_id, body.on_behalf_of, note=body.note, outcome=body.outcome
    )
    return _do(request, parts, who, idempotency_key, body, deed)


@router.post("/{alert_id}/decline", response_model=AlertShape, responses=documented(409))
def decline_alert(
    request: Request,
    parts: Parts,
    who: Who,
    alert_id: PathId,
    body: NotedFields | None = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    said = body or NotedFields()
    deed = Deed(Action.DECLINE, alert_id, said.worker_id, said.on_behalf_of, note=said.note)
    return _do(request, parts, who, idempotency_key, said, deed)


@router.post("/{alert_id}/handover", response_model=AlertShape, responses=documented(409))
def hand_alert_over(
    request: Request,
    parts: Parts,
    who: Who,
    alert_id: PathId,
    body: HandoverFields,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    deed = Deed(Action.HANDOVER, alert_id, body.worker_id, body.on_behalf_of, to=body.to_worker_id)
    return _do(request, parts, who, idempotency_key, body, deed)


@router.post("/{alert_id}/extend", response_model=AlertShape, responses=documented(409))
def extend_alert(
    request: Request,
    parts: Parts,
    who: Who,
    alert_id: PathId,
    body: ExtendFields,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    by_for = timedelta(minutes=body.minutes)
    deed = Deed(Action.EXTEND, alert_id, body.worker_id, body.on_behalf_of, by_for=by_for)
    return _do(request, parts, who, idempotency_key, body, deed)


@router.post("/{alert_id}/note", response_model=AlertShape, responses=documented(409))
def note_on_alert(
    request: Request,
    parts: Parts,
    who: Who,
    alert_id: PathId,
    body: NoteFields,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    deed = Deed(Action.NOTE, alert_id, body.worker_id, body.on_behalf_of, note=body.note)
    return _do(request, parts, who, idempotency_key, body, deed)
