"""Notices and attempts: whom the house told of which alert, whom not and why, and each try to reach
somebody.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic.json_schema import SkipJsonSchema

from services.console.api.fields import Instant, PathId, Shape
from services.console.api.lists import IdFilter, Listed, Part, Since, Synthetic, Until, Wanted, listed
from services.console.callers import Caller, Parts, Who
from services.console.gate import GuardedRoute
from services.console.pages.texts import in_each_language
from services.console.problems import not_found
from services.console.rights import SEES_ADDRESSES
from services.console.sight import Sight
from services.domain.addresses import masked, shown_to_its_own
from services.domain.findings import Severity
from services.domain.notices import (
    Attempt,
    AttemptResult,
    Notice,
    NoticeKind,
    NoticeReason,
    NoticeState,
    ReceiptResult,
)
from services.domain.people import Channel, ChannelKind, Language
from services.domain.ports import UnitOfWork
from services.escalation.bundling import alert_ids_of, carried_by

router = APIRouter(prefix="/api/v1", tags=["notices"], route_class=GuardedRoute)


class NoticeShape(Shape):
    """What one person was to be told about one alert, at one step; one also for each who was not told."""

    id: str
    number: int
    alert_id: str
    alert_ids: list[str]
    """All that it tells of, its own first; more than one where what was found late is told together."""
    told_by: str
    """The notice that reaches the person: itself, or the one with which it is told together."""
    worker_id: str | None
    contact: str | None
    recipient_name: str
    step: int
    round: int
    created_at: Instant
    sent_at: Instant | None
    kind: NoticeKind
    severity: Severity
    state: NoticeState
    reason: NoticeReason
    reason_words: dict[Language, str]
    """The reason as the pages say it, in each language."""
    synthetic: bool


class AttemptShape(Shape):
    """One try to reach one person over one channel."""

    id: str
    number: int
    notice_id: str
    channel: ChannelKind
    address: str
    started_at: Instant
    ended_at: Instant | None
    result: AttemptResult | None
    status: str | None
    detail: str | None
    again_at: Instant | None
    """When the same channel is tried again, unless the person was reached by then."""
    may_have_arrived: bool
    """Nobody knows how it ended: whoever is told again may have been told before."""
    receipt: ReceiptResult | None
    """What the carrier said afterwards."""
    receipt_at: Instant | None
    receipt_detail: str | None


def _notice(notice: Notice) -> NoticeShape:
    more = {
        "alert_ids": list(alert_ids_of(notice)),
        "told_by": carried_by(notice),
        "reason_words": in_each_language(notice.reason),
    }
    plain = {name: getattr(notice, name) for name in NoticeShape.model_fields if name not in more}
    return NoticeShape.model_validate(plain | more)


def _attempt(uow: UnitOfWork, who: Caller, attempt: Attempt) -> AttemptShape:
    notice = uow.notices.get(attempt.notice_id)
    return AttemptShape.model_validate(address_seen_by(who, notice, attempt))


def address_seen_by(who: Caller, notice: Notice | None, attempt: Attempt) -> Attempt:
    """The attempt with its address as the caller may see it: one's own, those of others by role."""
    if who.role in SEES_ADDRESSES:
        return attempt
    own = notice is not None and notice.worker_id is not None and notice.worker_id == who.worker_id
    shown = shown_to_its_own if own else masked
    return replace(attempt, address=shown(Channel(attempt.channel, attempt.address)))


@dataclass(frozen=True, slots=True)
class NoticesWanted(Wanted):
    """By what notices are looked for."""

    alert_id: IdFilter = None
    worker_id: IdFilter = None
    state: Annotated[NoticeState | SkipJsonSchema[None], Query()] = None
    kind: Annotated[NoticeKind | SkipJsonSchema[None], Query()] = None
    severity: Annotated[Severity | SkipJsonSchema[None], Query()] = None
    since: Since = None
    until: Until = None
    synthetic: Synthetic = False


@router.get("/notices")
def list_notices(
    parts: Parts, who: Who, part: Part, wanted: Annotated[NoticesWanted, Depends()]
) -> Listed[NoticeShape]:
    with parts.store.reading() as uow:
        sight = Sight(uow, who)
        return listed(
            uow.notices.page, wanted.filters, part, _notice, lambda notice: sight.alert_id(notice.alert_id)
        )


@router.get("/notices/{notice_id}")
def read_notice(parts: Parts, who: Who, notice_id: PathId) -> NoticeShape:
    with parts.store.reading() as uow:
        notice = uow.notices.get(notice_id)
        if notice is None or not Sight(uow, who).alert_id(notice.alert_id):
            raise not_found("notice")
        return _notice(notice)


@dataclass(frozen=True, slots=True)
class AttemptsWanted(Wanted):
    """By what attempts are looked for."""

    notice_id: IdFilter = None
    alert_id: IdFilter = None
    channel: Annotated[ChannelKind | SkipJsonSchema[None], Query()] = None
    result: Annotated[AttemptResult | SkipJsonSchema[None], Query()] = None
    since: Since = None
    until: Until = None
    synthetic: Synthetic = False


@router.get("/attempts")
def list_attempts(
    parts: Parts, who: Who, part: Part, wanted: Annotated[AttemptsWanted, Depends()]
) -> Listed[AttemptShape]:
    with parts.store.reading() as uow:
        sight = Sight(uow, who)

        def keep(attempt: Attempt) -> bool:
            notice = uow.notices.get(attempt.notice_id)
            return notice is not None and sight.alert_id(notice.alert_id)

        return listed(
            uow.notices.attempts_page, wanted.filters, part, lambda attempt: _attempt(uow, who, attempt), keep
        )
