"""Plain `on`, and the press floor: one Finding for each event, and none missing for an alarm kind."""

from __future__ import annotations

from collections.abc import Sequence

from services.domain.kinds import ALARM_KINDS
from tests.oracle.facts import Fact, Story
from tests.oracle.happened import Said
from tests.oracle.matching import Rule, taken


def say(story: Story, rule: Rule) -> list[Said]:
    """A Finding for each event that matches, when it is known."""
    return [
        _said(fact, rule.id)
        for resident in _people(story, rule)
        for fact in taken(story, rule, resident)
        if rule.where is None or rule.where(fact)
    ]


def floor(story: Story, rules: Sequence[Rule]) -> list[Said]:
    """A Finding of the floor for each alarm kind that no plain rule of severity high takes."""
    found = []
    for fact in story.facts:
        if fact.kind not in ALARM_KINDS:
            continue
        takers = [
            rule for rule in rules if rule.severity == "high" and not rule.count and rule.on == fact.kind
        ]
        if not any(fact.seq in said.events for rule in takers for said in say(story, rule)):
            found.append(_said(fact, "floor"))
    return found


def _people(story: Story, rule: Rule) -> Sequence[str]:
    if rule.on not in ALARM_KINDS:
        return story.residents()
    return sorted({fact.resident for fact in story.facts if fact.resident and fact.kind == rule.on})


def _said(fact: Fact, rule: str) -> Said:
    raised_at = max(fact.occurred_at, fact.known[0])
    return Said(fact.occurred_at, raised_at, "holds", None, (fact.seq,), rule, fact.resident, fact.device)
