"""Evidence: each fact of an alert as a person would tell it: what was found, by which rule, with which
figures, and the events that it rests on.

Titles and sentences are for everybody who sees the alert; figures and events only for those who see whom
they are about.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from services.console.pages.words import KIND_WORDS
from services.console.parts import Console
from services.console.sight import Sight
from services.domain.alerts import Alert
from services.domain.events import Event, Json, Mark
from services.domain.findings import Finding, FindingReason, FindingState
from services.domain.ports import UnitOfWork

MOST_FACTS = 6
"""Facts on the page, the newest; of the others it says how many there are."""
MOST_EVENTS = 6
"""Events under one fact, the newest."""
MOST_SENTENCES = 500
"""Sentences of rules that are kept at a time; a house has a few dozen rules."""


@dataclass(frozen=True, slots=True)
class EventLine:
    """One event that a fact rests on."""

    word: str
    at: datetime
    received_at: datetime
    place: str | None
    time_replaced: bool
    without_store: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a finding, as far as it has them; lengths as spans, days as days."""

    count: int | None = None
    span: timedelta | None = None
    waited: timedelta | None = None
    counted: int | None = None
    at_least: int | None = None
    first_day: date | None = None
    next_day: date | None = None

    @property
    def last_day(self) -> date | None:
        return self.next_day - timedelta(days=1) if self.next_day else None


@dataclass(frozen=True, slots=True)
class FactLine:
    """One fact: what was found."""

    at: datetime
    joined_at: datetime
    is_alarm: bool
    place: str | None
    state: FindingState
    titles: Mapping[str, str]
    why: Mapping[str, str] = field(default_factory=dict)
    rule: str = ""
    late_by: timedelta | None = None
    figures: Figures = Figures()
    events: tuple[EventLine, ...] = ()
    more_events: int = 0


@dataclass(frozen=True, slots=True)
class Evidence:
    """What an alert rests on, newest first."""

    facts: tuple[FactLine, ...]
    earlier: int
    without_store: bool


class Sentences:
    """What rules say to whoever is called, by the text that a finding came from. A text never changes, so
    what was read once is kept.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], Mapping[str, str]] = {}

    def of(self, parts: Console, finding: Finding) -> Mapping[str, str]:
        """By language; empty for the press floor, and for a text that is no longer in force."""
        wanted = (finding.content_hash, finding.rule)
        if wanted not in self._known and finding.content_hash:
            if len(self._known) > MOST_SENTENCES:
                self._known.clear()
            for book in parts.rules():
                for rule in book.rules:
                    self._known[book.content_hash, rule.id] = rule.why
                if book.name == finding.rulebook:
                    self._known.setdefault(wanted, {})
        return self._known.get(wanted, {})


_SENTENCES = Sentences()


def evidence_of(
    uow: UnitOfWork,
    parts: Console,
    sight: Sight,
    alert: Alert,
    places: Mapping[str, str | None],
) -> Evidence:
    """What the alert rests on; ``places`` says where each device stands."""
    shown = sorted(alert.facts, key=lambda fact: (fact.joined_at, fact.at))[-MOST_FACTS:][::-1]
    findings = uow.findings.many(fact.finding_id for fact in shown)
    seen = {each.id for each in findings.values() if sight.finding(each)}
    wanted = (event_id for each in seen for event_id in findings[each].evidence.event_ids)
    events = uow.events.many(dict.fromkeys(wanted))
    lines = []
    for fact in shown:
        finding = findings.get(fact.finding_id)
        line = FactLine(
            at=fact.at,
            joined_at=fact.joined_at,
            is_alarm=fact.is_alarm,
            place=places.get(fact.device_id or ""),
            state=fact.state,
            titles=finding.titles if finding else alert.titles,
        )
        if finding is not None:
            line = _found(line, finding, _SENTENCES.of(parts, finding))
        if finding is not None and finding.id in seen:
            line = _rests_on(line, finding, events, places)
        lines.append(line)
    without_store = any(event.without_store for line in lines for event in line.events)
    return Evidence(tuple(lines), len(alert.facts) - len(shown), without_store)


def _found(line: FactLine, finding: Finding, why: Mapping[str, str]) -> FactLine:
    is_late = finding.reason is FindingReason.LATE
    return replace(
        line,
        why=why,
        rule=f"{finding.rulebook}/{finding.rule}",
        late_by=finding.raised_at - finding.at if is_late else None,
    )


def _rests_on(
    line: FactLine, finding: Finding, events: Mapping[str, Event], places: Mapping[str, str | None]
) -> FactLine:
    found = [events[each] for each in finding.evidence.event_ids if each in events]
    newest = found[-MOST_EVENTS:][::-1]
    return replace(
        line,
        figures=figures_of(finding.evidence.figures),
        events=tuple(_event(each, places) for each in newest),
        more_events=len(found) - len(newest),
    )


def _event(event: Event, places: Mapping[str, str | None]) -> EventLine:
    return EventLine(
        word=KIND_WORDS.get(event.kind, event.kind),
        at=event.occurred_at,
        received_at=event.received_at,
        place=places.get(event.device_id or ""),
        time_replaced=event.time_replaced,
        without_store=Mark.TOLD_WITHOUT_STORE in event.marks,
    )


def figures_of(figures: Mapping[str, Json]) -> Figures:
    """The figures that the triggers give, as what they are; what is none is left out."""
    span, waited = figures.get("span_seconds"), figures.get("waited_seconds", figures.get("run_seconds"))
    return Figures(
        count=_number(figures.get("count")),
        span=_length(span),
        waited=_length(waited),
        counted=_number(figures.get("counted")),
        at_least=_number(figures.get("at_least")),
        first_day=_day(figures.get("period_starts_on")),
        next_day=_day(figures.get("period_ends_before")),
    )


def _number(value: Json) -> int | None:
    return value if isinstance(value, int) else None


def _length(value: Json) -> timedelta | None:
    return timedelta(seconds=value) if isinstance(value, int | float) else None


def _day(value: Json) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else None
