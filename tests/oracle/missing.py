"""`missing`, each day by itself, by looking at the whole list again for every question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from tests.oracle.beds import beds_of, doors_of
from tests.oracle.facts import Fact, Moment, Story
from tests.oracle.happened import Said
from tests.oracle.matching import Rule, is_live, reported
from tests.oracle.pending import pending
from tests.oracle.wall import instant_of

LATE_BATCH_FOR = timedelta(seconds=60)
OTHER = {
    "bed.entered": "bed.exited",
    "bed.exited": "bed.entered",
    "door.opened": "door.closed",
    "door.closed": "door.opened",
}
TURNS = {"resident.away", "resident.returned"}
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class MissingRule(Rule):
    """What the rule says; ``on`` is the kind that should come."""

    from_: str = ""
    by: str = ""
    while_: str | None = None


@dataclass(frozen=True, slots=True)
class _Asked:
    """One resident, about whose days anything can be asked as of any Moment."""

    story: Story
    rule: MissingRule
    resident: str
    events: Sequence[Fact]
    pair: Sequence[Fact]
    changes: Sequence[Sequence[Fact]]

    def window(self, day: date, moment: Moment) -> tuple[datetime, datetime]:
        """[from, by) of a day, by the numbers as they stood."""
        zone = self.story.zone_of(self.resident)
        walls = [
            time.fromisoformat(self.story.number(self.rule.id, key, self.resident, None, moment) or usual)
            for key, usual in (("from", self.rule.from_), ("by", self.rule.by))
        ]
        first = day - _DAY if walls[0] > walls[1] else day
        return instant_of(first, walls[0], zone), instant_of(day, walls[1], zone)

    def stands(self, facts: Sequence[Fact], moment: Moment) -> list[Fact]:
        return [each for each in facts if each.known <= moment and not self.story.is_retracted(each, moment)]

    def newest(self, by: datetime, moment: Moment) -> Fact | None:
        """The newest settled event of the `while` pair up to `by`."""
        before = [each for each in self.stands(self.pair, moment) if each.occurred_at <= by]
        return max(before, key=lambda each: each.order, default=None)

    def is_prevented(self, window: tuple[datetime, datetime], moment: Moment) -> bool:
        """Whether, by what was known, nothing is missing in the window."""
        first, by = window
        if any(first <= each.occurred_at < by for each in self.stands(self.events, moment)):
            return True
        if self.is_away(window, moment):
            return True
        newest = self.newest(by, moment)
        return self.rule.while_ is not None and (newest is None or newest.kind != self.rule.while_)

    def is_away(self, window: tuple[datetime, datetime], moment: Moment) -> bool:
        # The window is half-open: who goes away at `by` was at home in it.
        first, by = window
        last = by - timedelta(microseconds=1)
        return self.rule.rests_away and self.story.touches_away(self.resident, first, last, moment)

    def is_judged(self, window: tuple[datetime, datetime], moment: Moment) -> bool:
        """Whether the rule looks at it at all."""
        if not is_live(self.story, self.rule, self.resident, moment):
            return False
        return self.story.is_enrolled(self.resident, window[0], moment) and self.story.is_enrolled(
            self.resident, moment[0], moment
        )

    def due_at(self, by: datetime, moment: Moment) -> datetime:
        """When a day is judged as far as is known: not before the rest of a late batch can speak."""
        newest = self.newest(by, moment) if self.rule.while_ is not None else None
        return by if newest is None else max(by, newest.received_at + LATE_BATCH_FOR)

    def is_awaited(self, window: tuple[datetime, datetime], now: datetime) -> bool:
        """Whether a change is still to settle that would say whether something is missing."""
        first, by = window
        moment = (now, 2, now, 0)
        settle_for = self.rule.settle_for or timedelta(0)
        return any(
            change.occurred_at <= by
            if self.rule.while_ is not None
            else change.kind == self.rule.on and first <= change.occurred_at < by
            for changes in self.changes
            for change in pending(self.story, changes, settle_for, moment)
        )

    def moments(self) -> list[Moment]:
        found = [fact.known for fact in (*self.story.facts, *self.events, *self.pair)]
        found += [each.known for each in self.story.overrides]
        found += [(each.received_at, 0, each.received_at, each.seq) for each in self.story.registers]
        return sorted(set(found))


def say(story: Story, rule: MissingRule) -> list[Said]:
    """What the rule says about everybody."""
    found: list[Said] = []
    for resident in story.residents():
        start = next(each.received_at for each in story.registers if each.resident == resident)
        plain = rule if rule.on in OTHER else replace(rule, settle_for=None)  # nothing else settles
        events = reported(story, plain, resident, rule.on)
        pair: list[Fact] = []
        if rule.while_ is not None:
            pair = [
                *reported(story, rule, resident, rule.while_),
                *reported(story, rule, resident, OTHER[rule.while_]),
            ]
        changes: list[list[Fact]] = []
        if rule.settle_for is not None:
            changes = [*beds_of(story, resident), *doors_of(story, resident)]
        asked = _Asked(story, rule, resident, events, pair, changes)
        day = start.astimezone(story.zone_of(resident)).date() - _DAY
        while instant_of(day, time(0), story.zone_of(resident)) <= story.until:
            found += _day(asked, day, start)
            day += _DAY
    return found


def _day(asked: _Asked, day: date, start: datetime) -> list[Said]:
    """Go through all Moments until the day is judged, once."""
    moments = [(start, 0, start, 0), *(each for each in asked.moments() if each[0] >= start)]
    for number, moment in enumerate(moments):
        window = asked.window(day, moment)
        if window[1] < start:
            continue
        due_at = max(asked.due_at(window[1], moment), moment[0])
        raised = (due_at, 2, due_at, 0)
        following = moments[number + 1] if number + 1 < len(moments) else None
        if due_at > asked.story.until or (following is not None and following < raised):
            continue
        if asked.is_awaited(window, due_at):
            continue
        if not asked.is_judged(window, raised) or asked.is_prevented(window, raised):
            return []
        return [_said(asked, window, raised)]
    return []


def _said(asked: _Asked, window: tuple[datetime, datetime], raised: Moment) -> Said:
    by = window[1]
    newest = asked.newest(by, raised) if asked.rule.while_ is not None else None
    state, reason = "holds", None
    if any(each.occurred_at >= by for each in asked.stands(asked.events, raised)):
        state, reason = "stale", "no_longer_holds"
    rests_on = newest
    for moment in asked.moments():
        if moment <= raised or state in {"stale", "withdrawn"}:
            continue
        turns = [fact for fact in asked.story.facts if fact.known == moment and fact.kind in TURNS]
        if turns and asked.is_away(window, moment):
            state = "withdrawn"
        for fact in asked.events:
            if fact.known == moment and state != "withdrawn":
                is_inside = window[0] <= fact.occurred_at < by
                state = "withdrawn" if is_inside else "ended" if fact.occurred_at >= by else state
        for fact in asked.pair:
            if fact.known == moment and rests_on and fact.order > rests_on.order and fact.occurred_at <= by:
                rests_on = fact
                state = state if fact.kind == asked.rule.while_ else "withdrawn"
    numbers = (newest.seq,) if newest is not None else ()
    return Said(by, raised[0], state, reason, numbers, asked.rule.id, asked.resident)
