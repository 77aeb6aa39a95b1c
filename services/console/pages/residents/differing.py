"""The rules that differ for one resident: what is in force, who ordered it, why, and until when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.console.pages.names import Names, Nobody
from services.console.parts import Console
from services.domain.instants import NotASpan, parse_span
from services.domain.ports import UnitOfWork
from services.rules.overriding import all_orders, in_force


@dataclass(frozen=True, slots=True)
class Differs:
    """One override in force. ``span`` where the value is one; ``titles`` and ``rule`` name the rule."""

    titles: Mapping[str, str]
    rule: str
    key: str
    value: str
    span: timedelta | None
    author: str | Nobody | None
    reason: str
    until: datetime | None


def differing(uow: UnitOfWork, parts: Console, resident_id: str, called: Names) -> tuple[Differs, ...]:
    """What is in force now, in the order in which it was ordered."""
    titles = {f"{book.name}/{rule.id}": rule.title for book in parts.rules() for rule in book.rules}
    return tuple(
        Differs(
            titles=titles.get(each.rule, {}),
            rule=each.rule.rpartition("/")[2],
            key=each.key,
            value=str(each.value).lower() if isinstance(each.value, bool) else str(each.value),
            span=_span(each.value),
            author=called.of(each.author) if each.author else None,
            reason=each.reason,
            until=each.until,
        )
        for each in in_force(all_orders(uow, parts.clock.now(), resident_id))
    )


def _span(value: object) -> timedelta | None:
    try:
        return parse_span(value) if isinstance(value, str) else None
    except NotASpan:
        return None
