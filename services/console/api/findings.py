"""Findings: what the rules found, with the evidence it rests on and the alert it became part of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic.json_schema import SkipJsonSchema

from services.console.api.fields import Instant, PathId, Shape
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
from services.console.callers import Parts, Who
from services.console.gate import GuardedRoute
from services.console.problems import not_found
from services.console.sight import Sight
from services.domain.findings import Finding, FindingReason, FindingState, Severity, Trigger
from services.domain.ports import UnitOfWork

router = APIRouter(prefix="/api/v1/findings", tags=["findings"], route_class=GuardedRoute)


class EvidenceShape(Shape):
    """What it rests on."""

    event_ids: list[str]
    figures: dict[str, object]
    prevented_by: str | None


class FindingShape(Shape):
    """What a rule found about a resident or a device. ``late_for`` is `raised_at` less `at`, in seconds."""

    id: str
    number: int
    rulebook: str
    revision: int
    content_hash: str
    rule: str
    trigger: Trigger
    severity: Severity
    resident_id: str | None
    device_id: str | None
    at: Instant
    raised_at: Instant
    late_for: float
    state: FindingState
    evidence: EvidenceShape
    alert_id: str | None
    reason: FindingReason | None
    title: dict[str, str]
    synthetic: bool


def _shape_of(finding: Finding, alert_id: str | None) -> FindingShape:
    plain = {
        name: getattr(finding, name)
        for name in FindingShape.model_fields
        if name not in {"alert_id", "title", "evidence", "late_for"}
    }
    evidence = EvidenceShape(
        event_ids=list(finding.evidence.event_ids),
        figures=dict(finding.evidence.figures),
        prevented_by=finding.evidence.prevented_by,
    )
    return FindingShape(
        **plain,
        late_for=(finding.raised_at - finding.at).total_seconds(),
        evidence=evidence,
        alert_id=alert_id,
        title=dict(finding.titles),
    )


def _with_alert(uow: UnitOfWork, finding: Finding) -> FindingShape:
    return _shape_of(finding, uow.findings.alert_ids([finding.id]).get(finding.id))


@dataclass(frozen=True, slots=True)
class FindingsWanted(Wanted):
    """By what findings are looked for."""

    resident_id: IdFilter = None
    device_id: IdFilter = None
    rule: WordFilter = None
    state: Annotated[FindingState | SkipJsonSchema[None], Query()] = None
    severity: Annotated[Severity | SkipJsonSchema[None], Query()] = None
    since: Since = None
    until: Until = None
    synthetic: Synthetic = False


@router.get("")
def list_findings(
    parts: Parts, who: Who, part: Part, wanted: Annotated[FindingsWanted, Depends()]
) -> Listed[FindingShape]:
    with parts.store.reading() as uow:
        return listed(
            uow.findings.page,
            wanted.filters,
            part,
            lambda finding: _with_alert(uow, finding),
            Sight(uow, who).finding,
        )


@router.get("/{finding_id}")
def read_finding(parts: Parts, who: Who, finding_id: PathId) -> FindingShape:
    with parts.store.reading() as uow:
        finding = uow.findings.get(finding_id)
        if finding is None or not Sight(uow, who).finding(finding):
            raise not_found("finding")
        return _with_alert(uow, finding)
