"""Rules and rulebooks: what is loaded, in which revision, and what is wrong with what is not. Read only."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from services.console.api.fields import Instant, Shape
from services.console.api.lists import Listed, Part, S, Stretch
from services.console.callers import Parts
from services.console.gate import GuardedRoute
from services.console.parts import RulebookStatus, RuleStatus
from services.console.problems import not_found

router = APIRouter(prefix="/api/v1", tags=["rules"], route_class=GuardedRoute)

BookName = Annotated[str, Path(pattern=r"^[A-Za-z0-9_.\-]{1,64}$")]


class RuleShape(Shape):
    """One loaded rule; an unavailable one failed while running or at the start, and says how."""

    rulebook: str
    id: str
    title: dict[str, str]
    trigger: str
    severity: str
    enabled: bool
    available: bool
    fault: str | None


class RuleFaultShape(Shape):
    """What is wrong, where; `nearest` is the right word that looks most like what was found."""

    rule: str | None
    field: str
    found: str
    expected: str
    file: str | None
    nearest: str | None


class RulebookShape(Shape):
    """A rulebook; `faults` are those of a newer text that was refused, the revision named here goes on."""

    name: str
    revision: int
    content_hash: str
    active_since: Instant | None
    rules: list[RuleShape]
    faults: list[RuleFaultShape]


def _rule(book: RulebookStatus, rule: RuleStatus) -> RuleShape:
    return RuleShape(
        rulebook=book.name,
        id=rule.id,
        title=dict(rule.title),
        trigger=rule.trigger,
        severity=rule.severity,
        enabled=rule.enabled,
        available=rule.available,
        fault=rule.fault,
    )


def _book(book: RulebookStatus) -> RulebookShape:
    return RulebookShape(
        name=book.name,
        revision=book.revision,
        content_hash=book.content_hash,
        active_since=book.active_since,
        rules=[_rule(book, rule) for rule in book.rules],
        faults=[RuleFaultShape.model_validate(fault) for fault in book.faults],
    )


@router.get("/rulebooks")
def list_rulebooks(parts: Parts, part: Part) -> Listed[RulebookShape]:
    return _listed([_book(book) for book in parts.rules()], part)


@router.get("/rulebooks/{name}")
def read_rulebook(parts: Parts, name: BookName) -> RulebookShape:
    for book in parts.rules():
        if book.name == name:
            return _book(book)
    raise not_found("rulebook")


@router.get("/rules")
def list_rules(parts: Parts, part: Part) -> Listed[RuleShape]:
    return _listed([_rule(book, rule) for book in parts.rules() for rule in book.rules], part)


def _listed(shapes: list[S], part: Stretch) -> Listed[S]:
    """As `lists.listed`, of what lies in memory: the cursor is a place in it."""
    end = part.after + part.limit
    return Listed(items=shapes[part.after : end], next=end if end < len(shapes) else None)
