"""Audit: who did what to what, in the order of doing. Read only; nothing takes an entry out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends

from services.console.api.fields import Instant, Shape
from services.console.api.lists import (
    IdFilter,
    Listed,
    Part,
    Since,
    TextFilter,
    Until,
    Wanted,
    WordFilter,
    listed,
)
from services.console.callers import Parts
from services.console.gate import GuardedRoute

router = APIRouter(prefix="/api/v1/audit", tags=["audit"], route_class=GuardedRoute)


class AuditShape(Shape):
    """Somebody did something to something."""

    id: str
    number: int
    at: Instant
    actor: str
    role: str
    action: str
    object_kind: str
    object_id: str
    detail: str


@dataclass(frozen=True, slots=True)
class AuditWanted(Wanted):
    """By what entries are looked for."""

    actor: TextFilter = None
    action: WordFilter = None
    object_id: IdFilter = None
    since: Since = None
    until: Until = None


@router.get("")
def list_audit(parts: Parts, part: Part, wanted: Annotated[AuditWanted, Depends()]) -> Listed[AuditShape]:
    with parts.store.reading() as uow:
        return listed(uow.audit.page, wanted.filters, part, AuditShape.model_validate)
