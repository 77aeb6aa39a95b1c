"""`on` + `unless`, by looking at the whole list again for every question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from services.domain.instants import parse_span
from tests.oracle.beds import beds_of, doors_of
from tests.oracle.facts import Fact, Moment, Story
from tests.oracle.happened import Said
from tests.oracle.matching import Rule, end_of_window, is_live, keys_of, reported, taken
from tests.oracle.pending import pending
from tests.oracle.wall import instant_of

LATE_BATCH_FOR = timedelta(seconds=60)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class UnlessRule(Rule):
    """What the rule says; one of ``watch_for``, ``until`` and ``days`` (a field of the event) is given."""

    unless: str = ""
    watch_for: str | None = None
    until: time | None = None
    days: str | None = None


@dataclass(frozen=True, slots=True)
class _Asked:
    """One key, about whose watches anything can be asked as of any Moment."""

    story: Story
    rule: UnlessRule
    resident: str
    unless: Sequence[Fact]
    """What may end a watch, in the order in which it is known."""
    changes: Sequence[Sequence[Fact]]
    """By bed or door, what may still settle."""

    def end(self, start: Fact, moment: Moment) -> datetime | None:
        """When a watch is over by the numbers as they stood; None if it has no end inside its window."""
        zone, rule = self.story.zone_of(self.resident), self.rule
        if rule.until is not None:
            day = start.occurred_at.astimezone(zone).date()
            days = (day + number * _DAY for number in (-1, 0, 1, 2))
            return min(at for each in days if (at := instant_of(each, rule.until, zone)) > start.occurred_at)
        span = self.story.number(rule.id, "for", self.resident, None, moment) or rule.watch_for
        if span is None:
            wall = start.occurred_at.astimezone(zone)
            return instant_of(wall.date() + int(start.data[rule.days or ""]) * _DAY, wall.time(), zone)
        end = start.occurred_at + parse_span(span)
        if rule.between and end >= end_of_window(start.occurred_at, rule.between, zone):
            return None
        return end

    def known(self, moment: Moment) -> list[Fact]:
        """The `unless` events that are stored and not taken back."""
        return [
            each for each in self.unless if each.known <= moment and not self.story.is_retracted(each, moment)
        ]

    def later(self, start: Fact, moment: Moment) -> list[Fact]:
        return [each for each in self.known(moment) if each.order > start.order]

    def is_away(self, start: Fact, end: datetime, moment: Moment) -> bool:
        return self.rule.rests_away and self.story.touches_away(self.resident, start.occurred_at, end, moment)

    def is_over(self, start: Fact, moment: Moment) -> bool:
        """Whether something has ended or undone a running watch."""
        end = self.end(start, moment)
        if end is None or self.story.is_retracted(start, moment) or self.is_away(start, end, moment):
            return True
        if not is_live(self.story, self.rule, self.resident, moment):
            return True
        if not self.story.is_enrolled(self.resident, moment[0], moment):
            return True
        return any(each.occurred_at <= end for each in self.later(start, moment))

    def is_awaited(self, start: Fact, moment: Moment) -> bool:
        """Whether a change is still to settle that would end the watch."""
        end = self.end(start, moment)
        return any(
            change.kind == self.rule.unless
            and change.order > start.order
            and end
            and change.occurred_at <= end
            for changes in self.changes
            for change in pending(self.story, changes, self.rule.settle_for or timedelta(0), moment)
        )

    def moments(self) -> list[Moment]:
        """Every Moment at which something becomes known."""
        found = [fact.known for fact in (*self.story.facts, *self.unless)]
        found += [each.known for each in self.story.overrides]
        found += [(each.received_at, 0, each.received_at, each.seq) for each in self.story.registers]
        return sorted(set(found))


@dataclass(frozen=True, slots=True)
class _Watch:
    """A watch and what became of it: ended, raised, or still running at the end of the story."""

    start: Fact
    at: datetime | None = None
    raised: Moment | None = None
    ended: Moment | None = None


def say(story: Story, rule: UnlessRule) -> list[Said]:
    """What the rule says about everybody."""
    found: list[Said] = []
    for resident in story.residents():
        ons = [fact for fact in taken(story, rule, resident) if _has_days(rule, fact)]
        unless = reported(story, rule, resident, rule.unless)
        for device, mine in keys_of(rule, ons):
            against = [each for each in unless if device is None or each.device == device]
            changes = []
            if rule.settle_for is not None:
                changes = [*beds_of(story, resident), *doors_of(story, resident)]
            if device is not None:
                changes = [[each for each in some if each.device == device] for some in changes]
            found += _key(_Asked(story, rule, resident, against, changes), mine, device)
    return found


def _key(asked: _Asked, ons: Sequence[Fact], device: str | None) -> list[Said]:
    watches: list[_Watch] = []
    for fact in ons:
        if asked.story.is_retracted(fact, fact.known) or asked.is_over(fact, fact.known):
            continue
        if asked.later(fact, fact.known):
            continue
        if any(_holds_back(asked, watch, fact) for watch in watches):
            continue
        watches.append(_became(asked, fact))
    found: dict[datetime, Said] = {}
    for watch in sorted(
        (each for each in watches if each.raised), key=lambda each: each.raised or each.start.known
    ):
        if watch.at is not None and watch.raised is not None:
            said = _said(asked, watch, watch.at, watch.raised, device)
            found.setdefault(watch.at, said)  # a Finding is unique by its instant
    return list(found.values())


def _became(asked: _Asked, start: Fact) -> _Watch:
    """Go through all Moments: what ended it, or when it was found."""
    moments = [start.known, *(each for each in asked.moments() if each > start.known)]
    for number, moment in enumerate(moments):
        if asked.is_over(start, moment):
            return _Watch(start, ended=moment)
        end = asked.end(start, moment)
        if end is None:
            return _Watch(start, ended=moment)
        due_at = max(end, start.received_at + LATE_BATCH_FOR, moment[0])
        raised = (due_at, 2, due_at, 0)
        following = moments[number + 1] if number + 1 < len(moments) else None
        if due_at > asked.story.until or (following is not None and following < raised):
            continue
        if asked.is_awaited(start, raised):
            continue
        if not asked.story.is_enrolled(asked.resident, due_at, raised):
            return _Watch(start, ended=raised)
        return _Watch(start, end, raised)
    return _Watch(start)


def _holds_back(asked: _Asked, watch: _Watch, fact: Fact) -> bool:
    """Whether a watch that began before keeps ``fact`` from starting another."""
    if watch.ended is not None and watch.ended <= fact.known:
        return False
    if watch.raised is not None and watch.at is not None and watch.raised < fact.known:
        if _state(asked, watch, watch.at, watch.raised, fact.known) == "withdrawn":
            return False
        return fact.occurred_at <= watch.at
    end = asked.end(watch.start, fact.known)
    return end is not None and fact.occurred_at <= end


def _state(asked: _Asked, watch: _Watch, at: datetime, raised: Moment, moment: Moment) -> str:
    """What a Finding had become by then."""
    if asked.later(watch.start, raised):
        return "stale"
    state = "holds"
    for each in asked.moments():
        if not raised < each <= moment:
            continue
        turns = [fact for fact in asked.story.facts if fact.known == each and fact.kind in _TURNS]
        if turns and asked.is_away(watch.start, at, each):
            return "withdrawn"
        for fact in asked.later(watch.start, each):
            if fact.known == each and fact.occurred_at <= at:
                return "withdrawn"
            if fact.known == each:
                state = "ended"
    return state


_TURNS = {"resident.away", "resident.returned"}


def _said(asked: _Asked, watch: _Watch, at: datetime, raised: Moment, device: str | None) -> Said:
    state = _state(asked, watch, at, raised, (asked.story.until, 9, asked.story.until, 0))
    reason = "no_longer_holds" if state == "stale" else None
    return Said(at, raised[0], state, reason, (watch.start.seq,), asked.rule.id, asked.resident, device)


def _has_days(rule: UnlessRule, fact: Fact) -> bool:
    if rule.days is None:
        return True
    days = fact.data.get(rule.days)
    if not isinstance(days, int | float) or isinstance(days, bool):
        return False
    return days >= 0 and days == int(days)
