"""`drift`: a Finding at noon when a night was unlike those before it: in times out of bed, or in time in it.

Only nights of which enough is known are measured and compared; of several nights outside in a row the first
alone is found. State keeps the changes of the beds and reckons every night from them anew; what was judged is
never judged again.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from fractions import Fraction

from services.domain.events import Json
from services.domain.instants import EPOCH, local
from services.rules.because import Because
from services.rules.beds import BED_SENSOR, ENTERED, EXITED, PairChange, source_of
from services.rules.case import Case, Outcome, Raise, Unmoved
from services.rules.nights import LEAST_KNOWN, Figure, begins_at, dark_hours, night_of, noon
from services.rules.rulebook import Rule
from services.rules.signs import Sign

_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
UNKNOWN_AT_MOST = timedelta(hours=1)
"""For how long the bed may be unknown in a night that is known (docs/rulebooks.md, `drift`)."""
MAD_TO_DEVIATION = Fraction("1.4826")
"""What makes a median absolute deviation comparable with a standard deviation (docs/rulebooks.md)."""
_MOST_CHANGES = 60
"""Changes of beds that are kept for each night; a bed that changes more often is broken, and its oldest
nights are unknown then.
"""
_MOST_HEARD = 8
"""Events of one night that are kept to know that its bed was heard; the others change nothing."""
_MARGIN = 2 * _DAY
"""How much longer than needed facts are kept, so that a resident's new time zone finds them."""


@dataclass(frozen=True, slots=True)
class BedChange:
    """A bed is in another state; ``kind`` None = unknown."""

    bed: str
    kind: str | None
    at: datetime
    seq: int
    event_id: str


@dataclass(frozen=True, slots=True)
class Exit:
    """The bed was left, and that has settled."""

    at: datetime
    seq: int
    event_id: str


@dataclass(frozen=True, slots=True)
class Heard:
    """Events of a bed in the night that ends on a day, by the order of storing."""

    day: date
    seqs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DriftState:
    """The facts of one rule and resident. Nights that were over before ``since`` are not judged."""

    since: datetime
    judged_day: date | None = None
    is_outside: bool = False
    """Whether the last known night that was judged lay outside."""
    changes: tuple[BedChange, ...] = ()
    exits: tuple[Exit, ...] = ()
    heard: tuple[Heard, ...] = ()


@dataclass(frozen=True, slots=True)
class Night:
    """A known night: its figure, in exits or minutes, and the events that it rests on."""

    figure: Fraction
    rests_on: tuple[tuple[int, str], ...]


class Drift(Unmoved[DriftState]):
    """Another night than usual."""

    version = 1
    state_type = DriftState

    def take(self, case: Case, state: DriftState | None, sign: Sign) -> Outcome[DriftState]:
        """A change that has settled: of these the exits count."""
        state = state or DriftState(case.now)
        if sign.kind != EXITED:
            return Outcome(state)
        return Outcome(replace(state, exits=(*state.exits, Exit(sign.at, sign.seq, sign.event_id))))

    def look(self, case: Case, state: DriftState | None, change: PairChange) -> Outcome[DriftState]:
        """A bed is in another state now, settled or not."""
        state = state or DriftState(case.now)
        sign = change.sign
        new = BedChange(change.source, change.kind, sign.at, sign.seq, sign.event_id)
        kept = (*state.changes, new)[-_MOST_CHANGES * (_over(case.rule) + _MARGIN.days) :]
        return Outcome(replace(state, changes=kept))

    def hear(self, case: Case, state: DriftState | None, sign: Sign) -> Outcome[DriftState]:
        """A bed's sensor has said something."""
        state = state or DriftState(case.now)
        day = night_of(sign.at, case.zone)
        if day is None:
            return Outcome(state)
        before = next((each.seqs for each in state.heard if each.day == day), ())
        others = tuple(each for each in state.heard if each.day != day)
        return Outcome(replace(state, heard=(*others, Heard(day, (*before, sign.seq)[:_MOST_HEARD]))))

    def is_news(self, case: Case, state: DriftState | None, sign: Sign) -> bool:
        """Whether it matters that a bed's sensor said something then: many speak once a minute."""
        day = night_of(sign.at, case.zone)
        if day is None:
            return False
        heard = state.heard if state is not None else ()
        return not any(each.day == day and len(each.seqs) >= _MOST_HEARD for each in heard)

    def retract(self, case: Case, state: DriftState, target: Sign) -> Outcome[DriftState]:  # noqa: ARG002 - as all
        return Outcome(
            replace(
                state,
                changes=tuple(each for each in state.changes if each.seq != target.seq),
                exits=tuple(each for each in state.exits if each.seq != target.seq),
                heard=tuple(
                    replace(each, seqs=tuple(seq for seq in each.seqs if seq != target.seq))
                    for each in state.heard
                ),
            )
        )

    def due_at(self, case: Case, state: DriftState) -> datetime | None:
        if case.resident is None or case.resident.left_at is not None:
            return None
        return noon(_next_day(case, state), case.zone)

    def meet(self, case: Case, state: DriftState) -> Outcome[DriftState]:
        raises: list[Raise] = []
        due_at = self.due_at(case, state)
        while due_at is not None and due_at <= case.now:
            day = _next_day(case, state)
            found, is_outside = _judge(case, state, day)
            if found is not None:
                raises.append(found)
            state = _forgetting(case, replace(state, judged_day=day, is_outside=is_outside), day)
            due_at = self.due_at(case, state)
        return Outcome(state, tuple(raises))

    def look_ahead(self, case: Case, state: DriftState) -> None:
        if self.due_at(case, state) is not None:
            _note(case, _next_day(case, state), Because.STILL_RUNNING)


def _next_day(case: Case, state: DriftState) -> date:
    """The day on which the next night ends that is to be judged."""
    if state.judged_day is not None:
        return state.judged_day + _DAY
    day = local(state.since, case.zone).date() - _DAY
    while noon(day, case.zone) < state.since:
        day += _DAY
    return day


def _judge(case: Case, state: DriftState, day: date) -> tuple[Raise | None, bool]:
    """What is found of the night that ends on a day, and whether the newest known night lies outside now.

    While the rule does not watch the resident nothing is found; a night inside makes the next one outside the
    first again.
    """
    nights = _Nights(case, state)
    night = nights.measured(day)
    known = [other for n in range(1, _over(case.rule) + 1) if (other := nights.known(day - n * _DAY))]
    if isinstance(night, Because) or len(known) < LEAST_KNOWN:
        because = night if isinstance(night, Because) else Because.TOO_FEW_NIGHTS
        _note(case, day, because, known_nights=len(known), needed_nights=LEAST_KNOWN)
        return None, state.is_outside
    figures = [each.figure for each in known]
    middle = median(figures)
    mad = median([abs(each - middle) for each in figures])
    spread = max(MAD_TO_DEVIATION * mad, Fraction(_figure(case.rule).floor))
    beyond = Fraction(str(case.rule.beyond))
    said: dict[str, Json] = {
        "figure": _shown(night.figure),
        "median": _shown(middle),
        "mad": _shown(mad),
        "days": len(known),
        "beyond": case.rule.beyond,
    }
    if abs(night.figure - middle) <= beyond * spread:
        _note(case, day, Because.AS_EVER, at_most=_shown(beyond * spread), **said)
        return None, False
    unwatched = case.unwatched_at(case.now)
    if state.is_outside or unwatched is not None:
        _note(case, day, unwatched or Because.OUTSIDE_BEFORE, **said)
        return None, state.is_outside
    at = noon(day, case.zone)
    found = Raise(
        finding_id=case.finding_id(at),
        at=at,
        raised_at=case.now,
        rests_on=night.rests_on,
        figures=said,
    )
    _note(case, day, Because.FOUND, found.finding_id)
    return found, True


def _note(case: Case, day: date, because: Because, finding_id: str | None = None, **figures: Json) -> None:
    if case.notes is not None:
        start, end = begins_at(day, case.zone), noon(day, case.zone)
        absence = case.absence(start, end) if because is Because.AWAY else {}
        case.note(
            because, start, end, f"night {day}", finding_id=finding_id, due_at=end, **absence, **figures
        )


def median(values: Sequence[Fraction]) -> Fraction:
    """The value in the middle, or the mean of the two there; exact, for a night may lie just at the bound."""
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


class _Nights:
    """The nights of one resident, as they are known now.

    Time in bed is summed over the beds. The beds are unknown while none is known, and while one is not that
    is still there and was known before.
    """

    def __init__(self, case: Case, state: DriftState) -> None:
        self._case = case
        self._state = state
        self._heard = {each.day for each in state.heard if each.seqs}
        self._starts, self._occupied, self._unknown = _stretches(case, state.changes)

    def known(self, day: date) -> Night | None:
        """The night that ends on a day, None if too little is known of it."""
        night = self.measured(day)
        return None if isinstance(night, Because) else night

    def measured(self, day: date) -> Night | Because:
        """The night that ends on a day, or why too little is known of it."""
        case, zone = self._case, self._case.zone
        resident = case.resident
        start, end = begins_at(day, zone), noon(day, zone)
        if resident is None or not resident.is_enrolled_at(start):
            return Because.BEGAN_BEFORE
        if resident.was_away_in(start, end - timedelta(microseconds=1)):
            return Because.AWAY
        if day not in self._heard:
            return Because.BED_UNKNOWN
        in_bed = unknown_for = timedelta(0)
        for n in range(bisect_right(self._starts, start) - 1, len(self._starts)):
            since, until = max(start, self._starts[n]), min(end, self._end_of(n, end))
            if since >= end:
                break
            in_bed += self._occupied[n] * (until - since)
            unknown_for += until - since if self._unknown[n] else timedelta(0)
        if unknown_for > UNKNOWN_AT_MOST:
            return Because.BED_UNKNOWN
        return self._night(day, in_bed, start, end)

    def _end_of(self, n: int, end: datetime) -> datetime:
        return self._starts[n + 1] if n + 1 < len(self._starts) else end

    def _night(self, day: date, in_bed: timedelta, start: datetime, end: datetime) -> Night:
        if _figure(self._case.rule) is Figure.BED_TIME:
            changes = _inside(self._state.changes, start, end)
            return Night(Fraction(in_bed // timedelta.resolution, _MINUTE // timedelta.resolution), changes)
        exits = _inside(self._state.exits, *dark_hours(day, self._case.zone))
        return Night(Fraction(len(exits)), exits)


def _stretches(case: Case, changes: Iterable[BedChange]) -> tuple[list[datetime], list[int], list[bool]]:
    """From when on how many beds were occupied, and whether they were unknown, as before the first change."""
    devices = case.resident.devices if case.resident is not None else ()
    still_there = {source_of(device.place) for device in devices if device.type == BED_SENSOR}
    beds: dict[str, str | None] = {}
    starts, occupied, unknown = [EPOCH], [0], [True]
    for change in sorted(changes, key=lambda each: each.at):
        beds[change.bed] = change.kind
        starts.append(change.at)
        occupied.append(sum(kind == ENTERED for kind in beds.values()))
        is_unheard = any(kind is None and bed in still_there for bed, kind in beds.items())
        unknown.append(is_unheard or all(kind is None for kind in beds.values()))
    return starts, occupied, unknown


def _inside(facts: Iterable[BedChange | Exit], start: datetime, end: datetime) -> tuple[tuple[int, str], ...]:
    return tuple(sorted((each.seq, each.event_id) for each in facts if start <= each.at < end))


def _forgetting(case: Case, state: DriftState, day: date) -> DriftState:
    """Forget what no night that is still to be judged is compared with; how each bed was before is kept."""
    first_day = day - timedelta(days=_over(case.rule)) - _MARGIN
    oldest = begins_at(first_day, case.zone)
    before = {change.bed: change for change in state.changes if change.at < oldest}
    return replace(
        state,
        changes=(*before.values(), *(change for change in state.changes if change.at >= oldest)),
        exits=tuple(each for each in state.exits if each.at >= oldest),
        heard=tuple(each for each in state.heard if each.day >= first_day),
    )


def _over(rule: Rule) -> int:
    if rule.over_days is None:
        raise ValueError("`drift` has `over`")
    return rule.over_days


def _figure(rule: Rule) -> Figure:
    if rule.figure is None:
        raise ValueError("`drift` has a figure")
    return rule.figure


def _shown(value: Fraction) -> int | float:
    return value.numerator if value.denominator == 1 else round(float(value), 2)
