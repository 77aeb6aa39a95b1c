"""Alerts: matters that somebody must take, and what people say about them: I have it, I am there, it is
over.

What an action means is decided by escalation; here it is carried out in one transaction, with whoever
acts named in each move. A repeat of one's own action changes nothing and answers 200.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from services.console.acting import Action, Deed, act, language_of
from services.console.api.alert_shapes import AlertShape, shape_of
from services.console.api.fields import Id, Note, PathId, Shape, Whole
from services.console.api.lists import (
    IdFilter,
    Listed,
    Part,
    Since,
    Synthetic,
    Until,
    Wanted,
    WordFilter,
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


@dataclass(frozen=True, slots=True)
class AlertsWanted(Wanted):
    """By what alerts are looked for."""

    resident_id: IdFilter = None
    device_id: IdFilter = None
    kind: WordFilter = None
    state: StateFilter = None
    severity: Annotated[Severity | SkipJsonSchema[None], Query()] = None
    since: Since = None
    until: Until = None
    synthetic: Synthetic = False


@router.get("")
def list_alerts(
    parts: Parts, who: Who, part: Part, wanted: Annotated[AlertsWanted, Depends()]
) -> Listed[AlertShape]:
    language = language_of(parts, who)
    with parts.store.reading() as uow:
        return listed(
            uow.alerts.page,
            wanted.filters,
            part,
            lambda alert: shape_of(uow, alert, language),
            Sight(uow, who).alert,
        )


@router.get("/{alert_id}")
def read_alert(parts: Parts, who: Who, alert_id: PathId) -> AlertShape:
    with parts.store.reading() as uow:
        alert = uow.alerts.get(alert_id)
        if alert is None or not Sight(uow, who).alert(alert):
            raise not_found("alert")
        return shape_of(uow, alert, language_of(parts, who))


@dataclass(frozen=True, slots=True)
class Doing:
    """Somebody does something about an alert: what every such request comes with."""

    request: Request
    parts: Console
    who: Caller
    idempotency_key: str | None

    def do(self, action: Action, alert_id: str, said: ActionFields, **more: Any) -> Response:
        """Do it in one transaction; ``more`` are the fields of the `Deed` that this action has."""
        deed = Deed(action, alert_id, said.worker_id, said.on_behalf_of, **more)

        def work(uow: UnitOfWork) -> tuple[int, AlertShape]:
            alert = act(uow, self.parts, self.who, deed)
            return 200, shape_of(uow, alert, language_of(self.parts, self.who))

        return write_once(self.parts, self.who, self.request, self.idempotency_key, said, work)


async def _doing(request: Request, parts: Parts, who: Who, idempotency_key: IdempotencyKey = None) -> Doing:
    return Doing(request, parts, who, idempotency_key)


Acting = Annotated[Doing, Depends(_doing)]


@router.post("/{alert_id}/accept", response_model=AlertShape, responses=documented(409))
def accept_alert(doing: Acting, alert_id: PathId, body: ActionFields | None = None) -> Response:
    return doing.do(Action.ACCEPT, alert_id, body or ActionFields())


@router.post("/{alert_id}/arrive", response_model=AlertShape, responses=documented(409))
def arrive_at_alert(doing: Acting, alert_id: PathId, body: ActionFields | None = None) -> Response:
    return doing.do(Action.ARRIVE, alert_id, body or ActionFields())


@router.post("/{alert_id}/close", response_model=AlertShape, responses=documented(409))
def close_alert(doing: Acting, alert_id: PathId, body: CloseFields) -> Response:
    return doing.do(Action.CLOSE, alert_id, body, note=body.note, outcome=body.outcome)


@router.post("/{alert_id}/decline", response_model=AlertShape, responses=documented(409))
def decline_alert(doing: Acting, alert_id: PathId, body: NotedFields | None = None) -> Response:
    said = body or NotedFields()
    return doing.do(Action.DECLINE, alert_id, said, note=said.note)


@router.post("/{alert_id}/handover", response_model=AlertShape, responses=documented(409))
def hand_alert_over(doing: Acting, alert_id: PathId, body: HandoverFields) -> Response:
    return doing.do(Action.HANDOVER, alert_id, body, to=body.to_worker_id)


@router.post("/{alert_id}/extend", response_model=AlertShape, responses=documented(409))
def extend_alert(doing: Acting, alert_id: PathId, body: ExtendFields) -> Response:
    return doing.do(Action.EXTEND, alert_id, body, by_for=timedelta(minutes=body.minutes))


@router.post("/{alert_id}/note", response_model=AlertShape, responses=documented(409))
def note_on_alert(doing: Acting, alert_id: PathId, body: NoteFields) -> Response:
    return doing.do(Action.NOTE, alert_id, body, note=body.note)


@router.post("/{alert_id}/real", response_model=AlertShape, responses=documented(409))
def say_alert_is_real(doing: Acting, alert_id: PathId, body: ActionFields | None = None) -> Response:
    """Say of a test that it is none: it goes on as real at once. On a real one it changes nothing."""
    return doing.do(Action.REAL, alert_id, body or ActionFields())
