"""Shapes of an Alert with its facts and moves, as lists, actions and the live stream show them."""

from __future__ import annotations

from pydantic import ConfigDict, Field

from services.console.api.fields import Instant, Shape
from services.domain.alerts import Alert, AlertChange, AlertState, ChangeReason, Outcome
from services.domain.findings import FindingState, Severity
from services.domain.people import Language
from services.domain.ports import UnitOfWork


class FactShape(Shape):
    """A Finding that is part of an Alert."""

    finding_id: str
    at: Instant
    joined_at: Instant
    state: FindingState


class ChangeShape(Shape):
    """One move of an Alert; `number` is its cursor in the live stream."""

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    number: int
    at: Instant
    by: str
    from_state: AlertState | None = Field(alias="from")
    to_state: AlertState = Field(alias="to")
    reason: ChangeReason
    on_behalf_of: str | None
    detail: dict[str, object]


class StreamedChange(ChangeShape):
    """A move as the live stream shows it, with the Alert that moved."""

    alert_id: str


class RunningTestShape(Shape):
    """What makes an Alert a test; null on one that is real, or has become so."""

    worker_id: str = Field(description="Who alone was told.")
    policy: str = Field(description="The policy by which it goes on where nobody answers.")


class AlertShape(Shape):
    """A matter that somebody must take."""

    id: str
    number: int
    kind: str
    subject: str
    resident_id: str | None
    device_id: str | None
    home_id: str | None
    severity: Severity
    policy: str
    title: str
    state: AlertState
    opened_at: Instant
    accepted_at: Instant | None
    accepted_by: str | None
    arrived_at: Instant | None
    closed_at: Instant | None
    closed_by: str | None
    outcome: Outcome | None
    note: str | None
    step: int = Field(description="How many steps of the policy were told since it last began.")
    next_due_at: Instant | None
    owner_ids: list[str]
    handover_to: str | None
    test: RunningTestShape | None
    facts: list[FactShape]
    changes: list[ChangeShape]
    synthetic: bool


def title_of(alert: Alert, language: Language) -> str:
    """The title in that language, else in Chinese, else in any, else the kind."""
    titles = alert.titles
    return titles.get(language) or titles.get(Language.ZH_CN) or next(iter(titles.values()), alert.kind)


def change_fields(change: AlertChange) -> dict[str, object]:
    return {
        "number": change.number,
        "at": change.at,
        "by": change.by,
        "from": change.from_state,
        "to": change.to_state,
        "reason": change.reason,
        "on_behalf_of": change.on_behalf_of,
        "detail": dict(change.detail),
    }


def streamed(change: AlertChange) -> StreamedChange:
    return StreamedChange.model_validate({**change_fields(change), "alert_id": change.alert_id})


def shape_of(uow: UnitOfWork, alert: Alert, language: Language) -> AlertShape:
    made = {"title", "facts", "changes"}
    plain = {name: getattr(alert, name) for name in AlertShape.model_fields if name not in made}
    return AlertShape(
        **plain,
        title=title_of(alert, language),
        facts=[
            FactShape(finding_id=fact.finding_id, at=fact.at, joined_at=fact.joined_at, state=fact.state)
            for fact in alert.facts
        ],
        changes=[ChangeShape.model_validate(change_fields(each)) for each in uow.alerts.changes(alert.id)],
    )
