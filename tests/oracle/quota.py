"""`quota`, by counting all lines again for every question."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from tests.oracle.facts import Fact, Moment, Register, Story
from tests.oracle.happened import Said
from tests.oracle.wall import instant_of

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class QuotaRule:
    """What the rule says; ``warn_days`` 0 = no warning."""

    id: str
    kind: str
    at_least: int
    period: str
    warn_days: int
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Span:
    """One period: its first day, and the next one's."""

    first: date
    after: date
    zone: ZoneInfo

    @property
    def begin(self) -> datetime:
        return instant_of(self.first, time(0), self.zone)

    @property
    def end(self) -> datetime:
        return instant_of(self.after, time(0), self.zone)

    def warning(self, days: int) -> datetime:
        return instant_of(self.after - days * _DAY, time(0), self.zone)


@lru_cache(maxsize=1000)
def spans(period: str, zone: ZoneInfo, start: datetime, until: datetime) -> tuple[Span, ...]:
    """The periods that touch [start, until], and the one before."""
    found: list[Span] = []
    day = first_day = _first_of(period, start.astimezone(zone).date() - 2 * _DAY)
    while instant_of(first_day, time(0), zone) <= until:
        day += _DAY
        while not _begins(period, day):
            day += _DAY
        found.append(Span(first_day, day, zone))
        first_day = day
    return tuple(found)


def say(story: Story, rule: QuotaRule, resident: str) -> list[Said]:
    """What the rule says about ``resident`` up to the end of the story."""
    start = next(each.received_at for each in story.registers if each.resident == resident)
    found: list[Said] = []
    for span in spans(rule.period, rule.zone, start, story.until):
        *_, following = spans(rule.period, rule.zone, span.begin, span.end)
        asked = _Asked(story, rule, resident, span, following.end)
        found += [*_warnings(asked, start), *_judged(asked, start)]
    return found


@dataclass(frozen=True, slots=True)
class _Asked:
    """One period of one resident, about which anything can be asked as of any Moment."""

    story: Story
    rule: QuotaRule
    resident: str
    span: Span
    closing: datetime
    """The end of the period after it."""

    @property
    def who(self) -> tuple[str, str]:
        return self.rule.id, self.resident

    def inside(self, moment: Moment) -> list[Fact]:
        """The events in it that count."""
        return [
            fact
            for fact in self.story.facts
            if fact.kind == self.rule.kind
            and fact.resident == self.resident
            and fact.known <= moment
            and self.span.begin <= fact.occurred_at < self.span.end
            and self.story.is_enrolled(self.resident, fact.occurred_at, fact.known)
            and not self.story.is_retracted(fact, moment)
        ]

    def numbers(self, moment: Moment) -> tuple[int, ...]:
        return tuple(fact.seq for fact in self.inside(moment))

    def at_least(self, moment: Moment) -> int:
        number = self.story.number(self.rule.id, "at_least", self.resident, None, moment)
        return self.rule.at_least if number is None else int(number)

    def warn_days(self, moment: Moment) -> int:
        days = self.story.number(self.rule.id, "warn", self.resident, None, moment)
        return self.rule.warn_days if days is None else int(days[:-1])

    def is_on(self, moment: Moment) -> bool:
        enabled = self.story.number(self.rule.id, "enabled", self.resident, None, moment)
        return enabled is not False and self.story.is_enrolled(self.resident, moment[0], moment)

    def counts(self, moment: Moment, now: datetime) -> bool:
        """Whether the resident was enrolled and not away for at least half its seconds, as of ``now``."""
        last = [
            each
            for each in self.story.registers
            if each.resident == self.resident and _is_known(each, moment)
        ][-1]
        begin = max(self.span.begin, last.enrolled_at or self.span.end)
        has_left = last.left_at is not None and last.left_at <= now
        end = min(self.span.end, last.left_at) if has_left and last.left_at else self.span.end
        watched = end - begin
        for since, until in self.story.times_away(self.resident, moment):
            back = now if until is None else min(until, now)  # time to come counts as watched
            watched -= max(min(back, end) - max(since, begin), timedelta(0))
        return watched >= (self.span.end - self.span.begin) / 2

    def is_short(self, moment: Moment, now: datetime) -> bool:
        return self.counts(moment, now) and len(self.inside(moment)) < self.at_least(moment)

    def judged_again(self, after: datetime) -> list[Fact]:
        """What, after an instant, tells of time away or changes what was done in it."""
        return [
            fact
            for fact in self.story.facts
            if after < fact.received_at <= self.closing and (self._is_turn(fact) or self._is_change(fact))
        ]

    def _is_turn(self, fact: Fact) -> bool:
        turns = {
            each.id
            for each in self.story.facts
            if each.kind in {"resident.away", "resident.returned"} and each.resident == self.resident
        }
        return fact.id in turns or fact.data.get("event_id") in turns

    def _is_change(self, fact: Fact) -> bool:
        before = (fact.received_at, 0, fact.received_at, fact.seq - 1)
        return self.inside(before) != self.inside(fact.known)


def _warnings(asked: _Asked, start: datetime) -> list[Said]:
    # A warning may be due at its instant, or when an override has moved that into the past.
    overrides = [each for each in asked.story.overrides if each.key == "warn"]
    days = {asked.rule.warn_days, *(int(each.value[:-1]) for each in overrides)}
    moments = {
        *(each.received_at for each in overrides),
        *(asked.span.warning(each) for each in days if each),
    }
    judged: set[datetime] = set()
    for now in sorted(moments):
        if not start <= now <= min(asked.span.end, asked.story.until):
            continue
        moment = _deadline(now)
        days_now = asked.warn_days(moment)
        at = asked.span.warning(days_now) if days_now else None
        if at is None or not start <= at <= now or at in judged:
            continue
        judged.add(at)
        is_asked = asked.is_on(moment) and asked.story.is_enrolled(asked.resident, at, moment)
        if is_asked and asked.is_short(moment, now):
            return [
                Said(at, now, _state_of_warning(asked, at, now), "warn", asked.numbers(moment), *asked.who)
            ]
    return []


def _state_of_warning(asked: _Asked, at: datetime, raised_at: datetime) -> str:
    state = "holds"
    for fact in asked.judged_again(raised_at):
        inside, at_least = asked.inside(fact.known), asked.at_least(fact.known)
        in_time = [each for each in inside if each.occurred_at <= at]
        if len(in_time) >= at_least or not asked.counts(fact.known, raised_at):
            return "withdrawn"
        if len(inside) >= at_least:
            state = "ended"
    return state


def _judged(asked: _Asked, start: datetime) -> list[Said]:
    end = asked.span.end
    if not start <= end <= asked.story.until:
        return []
    moment = _deadline(end)
    found: Said | None = None
    if asked.is_on(moment) and asked.is_short(moment, end):
        found = Said(end, end, "holds", None, asked.numbers(moment), *asked.who)
    for fact in asked.judged_again(end):
        is_short = asked.is_short(fact.known, end)
        if found is not None:
            found = replace(found, state="holds" if is_short else "withdrawn")
        elif is_short and fact.kind != asked.rule.kind and asked.is_on(fact.known):
            found = Said(end, fact.received_at, "holds", "corrected", asked.numbers(fact.known), *asked.who)
    return [] if found is None else [found]


def _deadline(now: datetime) -> Moment:
    return (now, 1, now, 0)


def _is_known(register: Register, moment: Moment) -> bool:
    return (register.received_at, 0, register.received_at, register.seq) <= moment


@lru_cache(maxsize=10_000)
def _first_of(period: str, day: date) -> date:
    while not _begins(period, day):
        day -= _DAY
    return day


def _begins(period: str, day: date) -> bool:
    if period == "week":
        return day.isoweekday() == 1
    months = {"month": range(1, 13), "quarter": (1, 4, 7, 10), "year": (1,)}[period]
    return day.day == 1 and day.month in months
