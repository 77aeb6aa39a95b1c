"""`on` + `where` + `for`: what can break a run is put in order, and each run between two breaks is looked at.

A break is a non-matching event, a gap, a bed exit, going away, being switched off, leaving. What came too
late to be looked at (older than the newest of its kind) is left out first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from services.domain.instants import parse_span
from tests.oracle.facts import Fact, Moment, Story
from tests.oracle.happened import Said
from tests.oracle.matching import Rule, end_of_window, keys_of, reported, taken

EVER = timedelta(days=4000)


@dataclass(frozen=True, slots=True)
class _Break:
    """What ends every run that goes on then; ``by`` is the bed exit or the time away that does it."""

    moment: Moment
    by: Fact | None = None


def say(story: Story, rule: Rule) -> list[Said]:
    """What the rule says about everybody."""
    found: list[Said] = []
    for resident in story.residents():
        for device, facts in keys_of(rule, taken(story, rule, resident)):
            found += _of_key(story, rule, resident, device, facts)
    return found


def _of_key(story: Story, rule: Rule, resident: str, device: str | None, facts: list[Fact]) -> list[Said]:
    said: dict[object, Said] = {}
    seen = _in_order(story, rule, resident, facts)
    breaks = _breaks(story, rule, resident, seen)
    run: list[Fact] = []
    rest: list[Fact | _Break] = sorted([*seen, *breaks], key=_moment)
    runs: list[tuple[list[Fact], _Break | None]] = []
    for each in rest:
        if isinstance(each, _Break):
            if run and _does_break(story, resident, run, each):
                runs.append((run, each))
                run = []
            continue
        if rule.where is not None and not rule.where(each):
            if run:
                runs.append((run, _Break(each.known, each)))
            run = []
            continue
        is_found = run and _judged(story, rule, resident, device, run, _Break(each.known)) is not None
        lasting = [fact for fact in run if is_found or not story.is_retracted(fact, each.known)]
        if lasting and _is_apart(story, rule, lasting[-1], each):
            runs.append((run, _Break(each.known, each)))
            run = []
        run = [*run, each]
    if run:
        runs.append((run, None))
    for facts_of_run, end in runs:
        one = _judged(story, rule, resident, device, facts_of_run, end)
        if one is not None:
            said.setdefault(one.at, one)
    return list(said.values())


def _is_apart(story: Story, rule: Rule, last: Fact, new: Fact) -> bool:
    if new.occurred_at - last.occurred_at > rule.gap:
        return True
    resident, at = new.resident or "", new.occurred_at
    return rule.rests_away and story.touches_away(resident, last.occurred_at, at, new.known)


def _in_order(story: Story, rule: Rule, resident: str, facts: list[Fact]) -> list[Fact]:
    """Without those older than the newest taken in before them, and without what happened while away."""
    seen: list[Fact] = []
    for fact in facts:
        if any(fact.order < each.order for each in seen):
            continue
        at = fact.occurred_at
        if rule.rests_away and story.touches_away(resident, at, at, fact.known):
            continue
        seen.append(fact)
    return seen


def _breaks(story: Story, rule: Rule, resident: str, seen: list[Fact]) -> list[_Break]:
    breaks = [
        _Break((each.received_at, 0, each.received_at, each.seq))
        for each in story.overrides
        if (each.resident, each.rule, each.key, each.value) == (resident, rule.id, "enabled", False)
    ]
    breaks += [
        _Break((each.received_at, 0, each.received_at, each.seq))
        for each in story.registers
        if each.resident == resident and each.left_at is not None
    ]
    if rule.rests_away:
        breaks += [_Break(fact.known, fact) for fact in story.turns()]
    if rule.on.startswith("bed."):
        breaks += [
            _Break(fact.known, fact)
            for fact in reported(story, rule, resident, "bed.exited")
            if not story.is_retracted(fact, fact.known)
        ]
    return breaks


def _does_break(story: Story, resident: str, run: list[Fact], each: _Break) -> bool:
    """Whether it breaks a run; what tells of time away does if the run, which goes on, touches it."""
    if each.by is None or each.by.kind == "bed.exited":
        return True
    return story.touches_away(resident, run[0].occurred_at, run[-1].occurred_at + EVER, each.moment)


def _judged(
    story: Story, rule: Rule, resident: str, device: str | None, run: list[Fact], end: _Break | None
) -> Said | None:
    """The Finding of one run: at each event and each changed number the whole run is looked at again."""
    numbers = [each.known for each in story.overrides if each.resident == resident and each.rule == rule.id]
    for moment in sorted([*(fact.known for fact in run), *numbers]):
        if moment < run[0].known or (end is not None and end.moment <= moment):
            continue
        lasting = [fact for fact in run if fact.known <= moment and not story.is_retracted(fact, moment)]
        if not lasting:
            continue
        first = lasting[0]
        text = story.number(rule.id, "for", resident, None, moment)
        due_at = first.occurred_at + (rule.run_for if text is None else parse_span(text))
        if rule.between and due_at >= end_of_window(first.occurred_at, rule.between, story.zone_of(resident)):
            continue
        enough = [fact for fact in lasting if fact.occurred_at >= due_at]
        if enough:
            upto = [fact for fact in lasting if fact.order <= enough[0].order]
            return _said(story, rule, resident, device, upto, moment, end)
    return None


def _said(
    story: Story,
    rule: Rule,
    resident: str,
    device: str | None,
    upto: list[Fact],
    moment: Moment,
    end: _Break | None,
) -> Said:
    at = upto[-1].occurred_at
    raised_at = max(at, moment[0])
    events = tuple(sorted(fact.seq for fact in upto))
    if raised_at - at > rule.late_for:
        return Said(at, raised_at, "stale", "late", events, rule.id, resident, device)
    first, last = upto[0], upto[-1]
    would_prevent = any(
        first.order < exit_.order < last.order and exit_.known > moment
        for exit_ in (reported(story, rule, resident, "bed.exited") if rule.on.startswith("bed.") else [])
        if not story.is_retracted(exit_, exit_.known)
    ) or (rule.rests_away and story.is_told_away(resident, first.occurred_at, at, moment))
    state = "withdrawn" if would_prevent else "ended" if end is not None else "holds"
    return Said(at, raised_at, state, None, events, rule.id, resident, device)


def _moment(each: Fact | _Break) -> Moment:
    return each.moment if isinstance(each, _Break) else each.known
