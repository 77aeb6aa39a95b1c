"""Comparing: what was raised live beside what would have been, Finding by Finding.

Two of them are the same matter when rule and resident (or device) are the same and they were found at the
same instant, rest on a common event, or, for what is missing, on the same day: another number in a rule moves
the instant, not the matter.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from services.domain.backtests import (
    HOURS,
    NIGHT_FROM,
    NIGHT_UNTIL,
    DayTried,
    ResidentTried,
    RuleTried,
    Tally,
)
from services.domain.findings import Finding, Severity, Trigger
from services.domain.instants import local
from services.escalation.joining import raises_an_alert
from services.rules.rulebook import Rule

ZoneOf = Callable[[Finding], ZoneInfo]


@dataclass(frozen=True, slots=True)
class Side:
    """The Findings of one side, each with whether the other has its counterpart."""

    findings: Sequence[tuple[Finding, bool]]

    def calls(self) -> Iterator[tuple[Finding, bool]]:
        """Those that told somebody."""
        return (each for each in self.findings if raises_an_alert(each[0]))


def matched(now: Sequence[Finding], would: Sequence[Finding], zone_of: ZoneOf) -> tuple[Side, Side]:
    """Both sides, matched."""
    in_now = {mark for finding in now for mark in _marks(finding, zone_of)}
    in_would = {mark for finding in would for mark in _marks(finding, zone_of)}
    return (
        Side([(each, not in_would.isdisjoint(_marks(each, zone_of))) for each in now]),
        Side([(each, not in_now.isdisjoint(_marks(each, zone_of))) for each in would]),
    )


def _marks(finding: Finding, zone_of: ZoneOf) -> list[Hashable]:
    """By what a counterpart is known."""
    key = (finding.rule, finding.resident_id, finding.device_id)
    marks: list[Hashable] = [(*key, "event", event_id) for event_id in finding.evidence.event_ids]
    if finding.trigger is Trigger.MISSING:
        marks.append((*key, "day", local(finding.at, zone_of(finding)).date()))
    elif not marks or finding.trigger is not Trigger.ON:
        marks.append((*key, "at", finding.at))
    return marks


def tally(now: Iterable[tuple[Finding, bool]], would: Iterable[tuple[Finding, bool]]) -> Tally:
    """How many there are of each."""
    ours, theirs = [has for _, has in now], [has for _, has in would]
    return Tally(len(ours), len(theirs), ours.count(False), theirs.count(False))


def is_at_night(instant: datetime, zone: ZoneInfo) -> bool:
    """Whether it is night on a wall clock there."""
    hour = local(instant, zone).hour
    return hour >= NIGHT_FROM or hour < NIGHT_UNTIL


def by_rule(now: Side, would: Side, rules: Iterable[Rule], zone_of: ZoneOf) -> tuple[RuleTried, ...]:
    """Each rule of the rulebook in its order, and behind them whatever else found something."""
    own = {rule.id: rule for rule in rules}
    others = {each.rule: each for each, _ in (*now.findings, *would.findings) if each.rule not in own}
    found = [_rule(now, would, rule.id, zone_of, (rule.titles, rule.severity)) for rule in own.values()]
    found += [
        _rule(now, would, name, zone_of, (each.titles, each.severity), is_in_rulebook=False)
        for name, each in sorted(others.items())
    ]
    return tuple(found)


def _rule(
    now: Side,
    would: Side,
    rule: str,
    zone_of: ZoneOf,
    said: tuple[Mapping[str, str], Severity],
    *,
    is_in_rulebook: bool = True,
) -> RuleTried:
    ours = [each for each in now.calls() if each[0].rule == rule]
    theirs = [each for each in would.calls() if each[0].rule == rule]
    return RuleTried(
        rule,
        said[0],
        said[1],
        tally(ours, theirs),
        tally(
            (each for each in now.findings if each[0].rule == rule),
            (each for each in would.findings if each[0].rule == rule),
        ),
        _hours(ours, zone_of),
        _hours(theirs, zone_of),
        is_in_rulebook,
    )


def _hours(calls: Iterable[tuple[Finding, bool]], zone_of: ZoneOf) -> tuple[int, ...]:
    found = [0] * HOURS
    for finding, _ in calls:
        found[local(finding.raised_at, zone_of(finding)).hour] += 1
    return tuple(found)


def by_resident(now: Side, would: Side) -> tuple[ResidentTried, ...]:
    """Each resident about whom there was a call, those with the most first."""
    ids = dict.fromkeys(each.resident_id for each, _ in (*now.calls(), *would.calls()))
    found = [
        ResidentTried(
            resident_id,
            tally(
                (each for each in now.calls() if each[0].resident_id == resident_id),
                (each for each in would.calls() if each[0].resident_id == resident_id),
            ),
        )
        for resident_id in ids
    ]
    return tuple(sorted(found, key=lambda each: (-each.calls.would - each.calls.now, each.resident_id or "")))


def by_day(now: Side, would: Side, days: Iterable[date], zone_of: ZoneOf) -> tuple[DayTried, ...]:
    """Each local day in turn, with or without calls."""
    counted = {day: [0, 0, 0, 0] for day in days}
    for place, side in enumerate((now, would)):
        for finding, _ in side.calls():
            zone = zone_of(finding)
            counts = counted.setdefault(local(finding.raised_at, zone).date(), [0, 0, 0, 0])
            counts[place] += 1
            counts[place + 2] += is_at_night(finding.raised_at, zone)
    return tuple(DayTried(day, *counted[day]) for day in sorted(counted))
