"""Which facts a rule's `on` takes, each from when it is known: merged, then settled, then the rest.

Written from the sentences of docs/rulebooks.md alone. A fact that comes out of here may still have been
taken back or be used up: that is for the trigger to ask, as of its own Moment.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.domain.instants import utc_of_local
from services.domain.kinds import ALARM_KINDS, AWAY_PREFIXES
from tests.oracle.beds import beds_of, doors_of, settled
from tests.oracle.facts import Fact, Moment, Story

PAIRS = ("bed.entered", "bed.exited", "door.opened", "door.closed")
"""What settles; vitals say nothing of a state."""
LATE_HIGH_FOR = timedelta(hours=2)
LATE_ELSE_FOR = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Rule:
    """An `on` rule with whatever else it says; ``where`` answers None for a field that is missing."""

    on: str
    id: str = "rule"
    severity: str = "medium"
    types: tuple[str, ...] = ()
    between: tuple[time, time] | None = None
    where: Callable[[Fact], bool | None] | None = None
    settle_for: timedelta | None = None
    per: str = "resident"
    count: int = 0
    within: timedelta = timedelta(0)
    run_for: timedelta = timedelta(0)
    gap: timedelta = timedelta(minutes=15)
    enabled: bool = True

    @property
    def rests_away(self) -> bool:
        """Whether time away touches it."""
        return self.on.startswith(AWAY_PREFIXES)

    @property
    def late_for(self) -> timedelta:
        """How late a `count` or `where` may come and still be told."""
        return LATE_HIGH_FOR if self.severity == "high" else LATE_ELSE_FOR


def reported(story: Story, rule: Rule, resident: str, kind: str) -> list[Fact]:
    """The facts of one kind for a resident, in the order in which they are known; nothing filtered yet."""
    if kind in {"bed.entered", "bed.exited"}:
        changes = beds_of(story, resident)
    elif kind in PAIRS and rule.settle_for is not None:
        changes = doors_of(story, resident)
    else:
        changes = [[fact for fact in story.facts if fact.resident == resident]]
    if rule.settle_for is not None and kind in PAIRS:
        changes = [settled(story, each, rule.settle_for) for each in changes]
    facts = [fact for each in changes for fact in each if fact.kind == kind]
    return sorted((fact for fact in facts if _counts(story, fact)), key=lambda fact: fact.known)


def taken(story: Story, rule: Rule, resident: str) -> list[Fact]:
    """The facts that reach the rule's `on`, those that do not match its `where` among them."""
    found = []
    for fact in reported(story, rule, resident, rule.on):
        if not is_live(story, rule, resident, fact.known):
            continue
        if rule.types and not _is_of_type(story, rule, fact):
            continue
        if rule.between and not is_inside(fact.occurred_at, rule.between, story.zone_of(resident)):
            continue
        if rule.where is not None and rule.where(fact) is None:
            continue
        found.append(fact)
    return found


def is_live(story: Story, rule: Rule, resident: str, moment: Moment) -> bool:
    """Whether the rule watches somebody at that moment."""
    if not story.number(rule.id, "enabled", resident, rule.enabled, moment):
        return False
    return rule.on in ALARM_KINDS or story.is_watched(resident, [rule.on], rule.types, moment)


def is_inside(at: datetime, between: tuple[time, time], zone: ZoneInfo) -> bool:
    """Whether a wall clock shows a time in [start, end) then."""
    wall = at.astimezone(zone).time()
    start, end = between
    return start <= wall < end if start < end else wall >= start or wall < end


def end_of_window(at: datetime, between: tuple[time, time], zone: ZoneInfo) -> datetime:
    """When the window that holds ``at`` ends."""
    wall = at.astimezone(zone)
    day = wall.date() if wall.time() < between[1] else wall.date() + timedelta(days=1)
    return utc_of_local(day, between[1], zone)


def keys_of(rule: Rule, facts: Sequence[Fact]) -> list[tuple[str | None, list[Fact]]]:
    """The facts by key: one for the resident, or one a device."""
    if rule.per == "resident":
        return [(None, list(facts))]
    devices = sorted({fact.device for fact in facts if fact.device})
    return [(device, [fact for fact in facts if fact.device == device]) for device in devices]


def _counts(story: Story, fact: Fact) -> bool:
    if fact.kind in ALARM_KINDS:
        return True
    return not fact.is_replaced and story.is_enrolled(fact.resident, fact.occurred_at, fact.known)


def _is_of_type(story: Story, rule: Rule, fact: Fact) -> bool:
    device = story.device_at(fact.device, fact.known)
    return device is not None and device.type in rule.types
