"""`on` + `count` + `within`: a Finding when so many events lie within a span; they are used up by it.

Of the sets that hold the new event the one with the earliest first event is taken. What is not used up goes
on to count; nothing that was used up ever counts again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.domain.findings import FindingState
from services.domain.kinds import DEVICE_KINDS
from services.domain.values import value
from services.rules.because import Because
from services.rules.case import Case, Outcome, Raise, Unmoved, state_when_raised
from services.rules.signs import OLDEST_CLAIM, OLDEST_RECORD, Sign
from services.rules.withdrawing import absence_withdraws, withdrawal

MOST_REMEMBERED = 32
"""How many Findings of a key are remembered, so that time away that is told late can withdraw them."""


@value(frozen=True, slots=True)
class Unused:
    """A matching event that no Finding has used up."""

    at: datetime
    seq: int
    event_id: str
    device_id: str | None


@dataclass(frozen=True, slots=True)
class FoundSet:
    """A Finding that still holds, and from when to when its set lasts."""

    finding_id: str
    first_at: datetime
    last_at: datetime
    state: FindingState = FindingState.HOLDS

    @property
    def window(self) -> tuple[datetime, datetime]:
        """The time that was judged, ends included."""
        return (self.first_at, self.last_at)


@value(frozen=True, slots=True)
class CountState:
    """The matching events that may still become part of a set, by (instant, order of storing)."""

    unused: tuple[Unused, ...] = ()
    found: tuple[FoundSet, ...] = ()
    """The newest Findings: time away that is told late may withdraw them."""


class Count(Unmoved[CountState]):
    """So many within a span."""

    version = 1
    state_type = CountState

    def take(self, case: Case, state: CountState | None, sign: Sign) -> Outcome[CountState]:
        unused = state.unused if state is not None else ()
        known = state.found if state is not None else ()
        if not case.takes(sign):
            return Outcome(state or CountState())
        new = Unused(sign.at, sign.seq, sign.event_id, sign.device_id)
        oldest = case.now - _kept_for(case)
        events = sorted(
            (each for each in (*unused, new) if each.at >= oldest), key=lambda each: (each.at, each.seq)
        )
        taken = _set_with(case, events, new)
        if not taken:
            if case.notes is not None:
                _note_short(case, events, new)
            return Outcome(CountState(tuple(events), known))
        found = _raise(case, taken)
        for each in taken:
            case.note(Because.FOUND, taken[0].at, found.at, f"event {each.seq}", finding_id=found.finding_id)
        if found.state is FindingState.HOLDS:
            last = FoundSet(found.finding_id, taken[0].at, found.at)
            known = (*known, last)[-MOST_REMEMBERED:]
        return Outcome(CountState(tuple(each for each in events if each not in taken), known), (found,))

    def retract(self, case: Case, state: CountState, target: Sign) -> Outcome[CountState]:  # noqa: ARG002 - as all
        return Outcome(replace(state, unused=tuple(each for each in state.unused if each.seq != target.seq)))

    def turn(self, case: Case, state: CountState, cause: Sign) -> Outcome[CountState]:
        gone = [each for each in state.found if absence_withdraws(case, each)]
        found = tuple(each for each in state.found if each not in gone)
        return Outcome(replace(state, found=found), (), tuple(withdrawal(case, each, cause) for each in gone))


def _set_with(case: Case, events: list[Unused], new: Unused) -> list[Unused]:
    """The set that holds ``new`` and begins earliest; empty if there is none."""
    within_for, count = case.rule.within_for or timedelta(0), case.rule.count or 1
    for first in events:
        if first.at + within_for < new.at:
            continue
        if (first.at, first.seq) > (new.at, new.seq):
            break
        inside = [
            each
            for each in events
            if (each.at, each.seq) >= (first.at, first.seq) and each.at <= first.at + within_for
        ]
        if len(inside) < count:
            continue
        taken = inside[:count] if new in inside[:count] else [*inside[: count - 1], new]
        if first not in taken:
            continue
        if not case.touches_absence(taken[0].at, taken[-1].at):
            return taken
        _note_away(case, taken)
    return []


def _raise(case: Case, taken: list[Unused]) -> Raise:
    at = taken[-1].at
    raised_at = max(case.now, at)
    return Raise(
        finding_id=case.finding_id(at),
        at=at,
        raised_at=raised_at,
        rests_on=tuple(sorted((each.seq, each.event_id) for each in taken)),
        device_id=taken[-1].device_id,
        state=state_when_raised(case, at, raised_at),
        figures={
            "count": len(taken),
            "span_seconds": (at - taken[0].at).total_seconds(),
            "within_seconds": (case.rule.within_for or timedelta(0)).total_seconds(),
        },
    )


def _note_short(case: Case, events: list[Unused], new: Unused) -> None:
    """Note the fullest set that holds the new event; it can be filled up to the end of its span."""
    within_for = case.rule.within_for or timedelta(0)
    sets = [
        [each for each in events if first.at <= each.at <= first.at + within_for]
        for first in events
        if first.at <= new.at <= first.at + within_for
    ]
    fullest = max(sets, key=len)
    case.note(
        Because.NOT_ENOUGH,
        fullest[0].at,
        fullest[0].at + within_for,
        f"event {new.seq}",
        *(each.event_id for each in fullest),
        counted=len(fullest),
        needed=case.rule.count,
        first_at=fullest[0].at,
        last_at=fullest[-1].at,
        within_seconds=within_for,
    )


def _note_away(case: Case, taken: list[Unused]) -> None:
    start, end = taken[0].at, taken[-1].at
    ids = [each.event_id for each in taken]
    case.note(Because.AWAY, start, end, f"set {taken[0].seq}", *ids, **case.absence(start, end))


def _kept_for(case: Case) -> timedelta:
    """How long before the present an event may lie and still be joined by one that arrives late."""
    oldest = OLDEST_CLAIM if case.rule.kind in DEVICE_KINDS else OLDEST_RECORD
    return oldest + (case.rule.within_for or timedelta(0))
