"""`on` + `count` + `within`: at each new event, every set of the known ones is looked at again."""

from __future__ import annotations

from datetime import datetime, timedelta

from services.domain.instants import parse_span
from tests.oracle.facts import Fact, Moment, Story
from tests.oracle.happened import Said
from tests.oracle.matching import Rule, keys_of, taken


def say(story: Story, rule: Rule) -> list[Said]:
    """What the rule says about everybody."""
    found: list[Said] = []
    for resident in story.residents():
        facts = [fact for fact in taken(story, rule, resident) if rule.where is None or rule.where(fact)]
        for device, of_key in keys_of(rule, facts):
            found += _of_key(story, rule, resident, device, of_key)
    return found


def _of_key(story: Story, rule: Rule, resident: str, device: str | None, facts: list[Fact]) -> list[Said]:
    used: set[int] = set()
    found: dict[datetime, Said] = {}
    for new in facts:
        now = new.known
        free = [
            fact
            for fact in facts
            if fact.known <= now and fact.seq not in used and not story.is_retracted(fact, now)
        ]
        chosen = _set_with(story, rule, resident, new, free)
        if not chosen:
            continue
        used |= {fact.seq for fact in chosen}
        at = max(fact.occurred_at for fact in chosen)
        raised_at = max(at, now[0])
        is_late = raised_at - at > rule.late_for
        events = tuple(sorted(fact.seq for fact in chosen))
        state, reason = ("stale", "late") if is_late else ("holds", None)
        first = min(fact.occurred_at for fact in chosen)
        if not is_late and rule.rests_away and story.is_told_away(resident, first, at, now):
            state = "withdrawn"
        found.setdefault(at, Said(at, raised_at, state, reason, events, rule.id, resident, device))
    return list(found.values())


def _set_with(story: Story, rule: Rule, resident: str, new: Fact, free: list[Fact]) -> list[Fact]:
    """The set that holds ``new`` and begins earliest, or nothing."""
    count = _number(story, rule, resident, new.known)
    within = _within(story, rule, resident, new.known)
    ordered = sorted(free, key=lambda fact: fact.order)
    if new not in ordered:
        return []
    for first in ordered:
        if first.order > new.order:
            break
        inside = [
            fact
            for fact in ordered
            if fact.order >= first.order and fact.occurred_at <= first.occurred_at + within
        ]
        if new not in inside or len(inside) < count:
            continue
        rest = [fact for fact in inside if fact not in (first, new)]
        needed = count - len({first.seq, new.seq})
        chosen = [first, *rest[:needed], *([] if first == new else [new])]
        last_at = max(fact.occurred_at for fact in chosen)
        if rule.rests_away and story.touches_away(resident, first.occurred_at, last_at, new.known):
            continue
        return chosen
    return []


def _number(story: Story, rule: Rule, resident: str, moment: Moment) -> int:
    return int(story.number(rule.id, "count", resident, rule.count, moment))


def _within(story: Story, rule: Rule, resident: str, moment: Moment) -> timedelta:
    text = story.number(rule.id, "within", resident, None, moment)
    return rule.within if text is None else parse_span(text)
