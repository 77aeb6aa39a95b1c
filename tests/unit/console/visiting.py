"""Visits in the console's tests: the community with the shipped rule about them, and visits made on days of
July.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from services.console.parts import RulebookStatus, RuleStatus
from services.domain.events import Event, Json, Origin
from services.rules.reading import read_rulebook
from services.rules.rulebook import Rule
from tests.house.tree import ROOT
from tests.unit.console.cast import Cast, cast

QUOTA: Rule = read_rulebook((ROOT / "rulebooks" / "grid-care.yaml").read_text("utf-8")).rules[0]


def book_of(rule: Rule) -> RulebookStatus:
    status = RuleStatus(
        rule.id, rule.titles, rule.trigger.value, rule.severity.value, enabled=rule.enabled, quota=rule
    )
    return RulebookStatus(rule.rulebook, 1, "", None, (status,))


@contextmanager
def with_the_rule(folder: Path, rule: Rule = QUOTA) -> Iterator[Cast]:
    with cast(folder, rules=lambda: (book_of(rule),)) as house:
        yield house


def said(
    house: Cast, kind: str, at: datetime, resident_id: str = "yangzom", by: str = "basang", **data: Json
) -> Event:
    """Something that a person said happened then, received as it happened."""
    event_id = house.parts.new_id("evt")
    event = Event(
        id=event_id,
        kind=kind,
        occurred_at=at,
        received_at=at,
        origin=Origin.PERSON,
        resident_id=resident_id,
        data=data,
        recorded_by=by,
        dedupe_key=event_id,
    )
    with house.store.writing() as uow:
        return uow.events.append([event])[0].event
