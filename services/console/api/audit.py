"""Audit: who did what to what, in the order of doing. Read only; nothing takes an entry out."""

from __future__ import annotations

from fastapi import APIRouter

from services.console.api.fields import Instant, Shape
from services.console.api.lists import (
    FIRST,
    After,
    IdFilter,
    Limit,
    Listed,
    Since,
    TextFilter,
    Until,
    WordFilter,
    asked,
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


@router.get("")
def list_audit(
    *,
    parts: Parts,
    after: After = 0,
    limit: Limit = FIRST,
    actor: TextFilter = None,
    action: WordFilter = None,
    object_id: IdFilter = None,
    since: Since = None,
    until: Until = None,
) -> Listed[AuditShape]:
    filters = asked(actor=actor, action=action, object_id=object_id, since=since, until=until)
    with parts.store.reading() as uow:
        return listed(
            lambda start, count: uow.audit.page(filters, start, count),
            AuditShape.model_validate,
            after,
            limit,
        )
