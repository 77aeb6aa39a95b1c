"""Reckoning the figures of the service from its rows. What counts as answered, as there and as too late is
decided here and nowhere else; docs/figures.md says it to people.

What cannot be judged yet is on neither side: an alert that is two minutes old and open is not late by three,
and one that was over by itself after ten seconds was not left unanswered for sixty. It never names anybody.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from services.domain.alerts import Outcome
from services.domain.instants import from_microseconds, local, microseconds, utc_of_local, zone_named
from services.domain.service_figures import (
    HOURS,
    NOT_ACTIONABLE,
    Aim,
    Aims,
    GridFigures,
    Group,
    NightOfPages,
    PagesOf,
    RuleEnds,
    RuleFigures,
    ServiceFigures,
    Share,
    Speed,
    Told,
    UrgentAlert,
    WorkerFigures,
)

MICROSECOND = timedelta(microseconds=1)
QUARTER = timedelta(minutes=15) // MICROSECOND
"""No zone of today changes its hour within one of UTC."""
MEDIAN, NINTH = 5, 9
"""In tenths of all."""


@dataclass(slots=True)
class _Waits:
    """How long what was done took, and for how long what was not could have been; in microseconds."""

    done: list[int] = field(default_factory=list)
    left: list[int] = field(default_factory=list)

    def add(self, asked_at: int, done_at: int | None, seen_until: int) -> None:
        if done_at is not None:
            self.done.append(max(done_at - asked_at, 0))
        else:
            self.left.append(seen_until - asked_at)

    def speed(self, aims: Sequence[Aim]) -> Speed:
        done, left = sorted(self.done), sorted(self.left)
        last = max(aim.within // MICROSECOND for aim in aims)
        never = len(left) - bisect_right(left, last)
        return Speed(
            tuple(_share(aim, done, left) for aim in aims),
            count=len(done) + never,
            never=never,
            median=_tenth(MEDIAN, done, never),
            ninth=_tenth(NINTH, done, never),
        )


def _share(aim: Aim, done: Sequence[int], left: Sequence[int]) -> Share:
    """Of both in order. What was not done counts as soon as its time is past, not at the very instant."""
    within = aim.within // MICROSECOND
    judged = len(done) + len(left) - bisect_right(left, within)
    return Share(aim.within, aim.reference, bisect_right(done, within), judged)


def _tenth(tenths: int, done: Sequence[int], never: int) -> timedelta | None:
    rank = ceil(tenths * (len(done) + never) / 10)
    return done[rank - 1] * MICROSECOND if 0 < rank <= len(done) else None


@dataclass(slots=True)
class _Gathered:
    """The waits of one group."""

    alerts: int = 0
    silenced: int = 0
    answered: _Waits = field(default_factory=_Waits)
    on_site: _Waits = field(default_factory=_Waits)

    def add(self, alert: UrgentAlert, now: int) -> None:
        if alert.was_silenced:
            self.silenced += 1
            return
        self.alerts += 1
        seen_until = now if alert.closed_at is None else alert.closed_at
        self.answered.add(alert.asked_at, alert.answered_at, seen_until)
        if somebody_had_to_go(alert):
            self.on_site.add(alert.asked_at, alert.arrived_at, seen_until)

    def take(self, other: _Gathered) -> None:
        self.alerts += other.alerts
        self.silenced += other.silenced
        for own, others in ((self.answered, other.answered), (self.on_site, other.on_site)):
            own.done += others.done
            own.left += others.left

    def group(self, aims: Aims) -> Group:
        return Group(
            self.alerts, self.silenced, self.answered.speed(aims.answered), self.on_site.speed(aims.on_site)
        )


def somebody_had_to_go(alert: UrgentAlert) -> bool:
    """A false alarm that was cleared up from afar sent nobody out; everything else should have."""
    return alert.arrived_at is not None or alert.outcome is not Outcome.FALSE_ALARM


class LocalHours:
    """The hour that a wall clock shows, by zone; each quarter of an hour is looked up once."""

    def __init__(self, house: ZoneInfo) -> None:
        self._house = house
        self._known: dict[tuple[str | None, int], int] = {}

    def hour(self, at: int, zone: str | None) -> int:
        """0 to 23; by the house's clock where the zone is none or unknown."""
        key = (zone, at // QUARTER)
        hour = self._known.get(key)
        if hour is None:
            hour = self._known[key] = local(from_microseconds(at), self._zone(zone)).hour
        return hour

    def _zone(self, name: str | None) -> ZoneInfo:
        try:
            return zone_named(name) if name else self._house
        except ValueError:
            return self._house  # a misspelt zone in the register, as in an alarm


def night_of(at: datetime, zone: ZoneInfo, aims: Aims) -> date | None:
    """The night in which an instant lies, by the date of its evening; None by day."""
    day = local(at, zone).date()
    for evening in (day - timedelta(days=1), day):
        since, until = night(evening, zone, aims)
        if since <= at < until:
            return evening
    return None


def night(evening: date, zone: ZoneInfo, aims: Aims) -> tuple[datetime, datetime]:
    """From when to when the night of an evening is, by the wall clock: with a clock that is moved in it, it
    is an hour longer or shorter.
    """
    is_over_midnight = aims.night_until <= aims.night_from
    morning = evening + timedelta(days=1) if is_over_midnight else evening
    return utc_of_local(evening, aims.night_from, zone), utc_of_local(morning, aims.night_until, zone)


def nights_in(since: datetime, until: datetime, zone: ZoneInfo, aims: Aims) -> list[date]:
    """The evenings of the nights that lie in the span at least in part, in order."""
    first, last = local(since, zone).date() - timedelta(days=1), local(until, zone).date()
    evenings = (first + timedelta(days=number) for number in range((last - first).days + 1))
    found = ((evening, night(evening, zone, aims)) for evening in evenings)
    return [evening for evening, (start, end) in found if start < until and end > since]


@dataclass(frozen=True, slots=True)
class Rows:
    """What is reckoned from; ``told`` and ``pages`` are of people whose figures may be seen."""

    alerts: Sequence[UrgentAlert]
    ends: Iterable[RuleEnds]
    told: Iterable[Told] = ()
    pages: Iterable[PagesOf] = ()
    nights: Sequence[date] = ()
    """Those that the pages count in."""
    worker_ids: frozenset[str] | None = None
    """Whose figures may be seen; None: everybody's."""
    awake: frozenset[str] = frozenset()
    """People whose work the night is: no page of theirs is one too many."""

    def shows(self, worker_id: str) -> bool:
        """Whether somebody's figures may be seen."""
        return self.worker_ids is None or worker_id in self.worker_ids


def reckon(
    rows: Rows, span: tuple[datetime, datetime], now: datetime, aims: Aims, zone: ZoneInfo
) -> ServiceFigures:
    """The figures of the alerts opened in the span, as they stand at ``now``; ``zone`` is the house's."""
    until_now, clock = microseconds(now), LocalHours(zone)
    cells: defaultdict[tuple[str | None, int], _Gathered] = defaultdict(_Gathered)
    for alert in rows.alerts:
        cells[alert.grid_id, clock.hour(alert.asked_at, alert.zone)].add(alert, until_now)
    total, hours = _Gathered(), [_Gathered() for _ in range(HOURS)]
    grids: defaultdict[str | None, _Gathered] = defaultdict(_Gathered)
    for (grid_id, hour), cell in cells.items():
        for group in (total, hours[hour], grids[grid_id]):
            group.take(cell)
    return ServiceFigures(
        span[0],
        span[1],
        now,
        aims,
        total.group(aims),
        tuple(
            GridFigures(each, grids[each].group(aims)) for each in sorted(grids, key=lambda id_: id_ or "")
        ),
        tuple(each.group(aims) for each in hours),
        rules_of(rows.ends),
        workers_of(rows, until_now, aims),
    )


def rules_of(ends: Iterable[RuleEnds]) -> tuple[RuleFigures, ...]:
    """Rule by rule, the most often for nothing first. Tests are nobody's alarm and not counted."""
    found: defaultdict[tuple[str, str], Counter[Outcome]] = defaultdict(Counter)
    titles: dict[tuple[str, str], Mapping[str, str]] = {}
    for each in ends:
        if each.outcome is Outcome.TEST:
            continue
        found[each.rulebook, each.rule][each.outcome] += each.count
        titles.setdefault((each.rulebook, each.rule), each.titles)
    rules = [
        RuleFigures(
            *rule,
            titles[rule],
            closed=counts.total(),
            for_nothing=sum(counts[outcome] for outcome in NOT_ACTIONABLE),
            ends=dict(counts),
        )
        for rule, counts in found.items()
    ]
    return tuple(sorted(rules, key=lambda rule: (-rule.for_nothing, -rule.closed, rule.rulebook, rule.rule)))


@dataclass(slots=True)
class _Person:
    told: int = 0
    taken: int = 0
    answered: _Waits = field(default_factory=_Waits)
    on_site: _Waits = field(default_factory=_Waits)
    pages: int = 0
    nights: Counter[date] = field(default_factory=Counter)


def workers_of(rows: Rows, now: int, aims: Aims) -> tuple[WorkerFigures, ...]:
    """Person by person, in the order of their ids: those who were told, who took something or were paged."""
    people: defaultdict[str, _Person] = defaultdict(_Person)
    alerts = {alert.id: alert for alert in rows.alerts if not alert.was_silenced}
    for told in rows.told:
        alert = alerts.get(told.alert_id)
        if alert is not None:
            _add_told(people[told.worker_id], told, alert, now)
    for alert in alerts.values():
        if alert.answered_at is not None and alert.answered_by is not None and rows.shows(alert.answered_by):
            person = people[alert.answered_by]
            person.taken += 1
            if somebody_had_to_go(alert):
                person.on_site.add(alert.answered_at, alert.arrived_at, alert.closed_at or now)
    for page in rows.pages:
        person = people[page.worker_id]
        if page.night is None:
            person.pages += page.count
        else:
            person.nights[rows.nights[page.night]] += page.count
    return tuple(
        WorkerFigures(
            worker_id,
            each.told,
            each.taken,
            each.answered.speed(aims.answered),
            each.on_site.speed(aims.on_site),
            each.pages,
            tuple(
                NightOfPages(evening, count, count > aims.pages_a_night and worker_id not in rows.awake)
                for evening, count in sorted(each.nights.items())
            ),
        )
        for worker_id, each in sorted(people.items())
    )


def _add_told(person: _Person, told: Told, alert: UrgentAlert, now: int) -> None:
    """Told while nobody had it, somebody may take it until somebody else has or it is over."""
    over_at = min(alert.answered_at or now, alert.closed_at or now)
    if told.at >= over_at:
        return  # a reminder of what they have, or too late to be asked
    person.told += 1
    is_theirs = alert.answered_by == told.worker_id
    person.answered.add(told.at, alert.answered_at if is_theirs else None, over_at)
