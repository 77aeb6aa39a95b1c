"""`on` + `where` + `for`: a Finding when events have matched without a break for long enough.

A run is broken by an event that does not match, by a gap, by leaving the bed and by going away. An event
outside its hours, or without the fields that are asked for, is passed over and breaks nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.domain.events import Json
from services.domain.findings import FindingState
from services.domain.values import value
from services.rules.because import Because
from services.rules.beds import EXITED
from services.rules.case import Case, Change, Match, Outcome, Raise, Unmoved, state_when_raised
from services.rules.signs import Sign
from services.rules.withdrawing import absence_withdraws

MOST_SHOWN = 20
"""How many of them stand in a note: the newest."""
MOST_REMEMBERED = 32
"""How many Findings of a key are remembered, so that what is learned too late can withdraw them."""
MOST_NAMED = 500
"""How many events of a run are kept as what its Finding rests on."""

_NOT_FINAL = frozenset({FindingState.HOLDS, FindingState.ENDED})


@value(frozen=True, slots=True)
class Matched:
    """An event of a run."""

    at: datetime
    seq: int
    event_id: str
    device_id: str | None = None


@value(frozen=True, slots=True)
class Run:
    """Events that matched, one after the other, and the Finding that came of them."""

    events: tuple[Matched, ...]
    last_at: datetime
    finding_id: str | None = None

    @property
    def started_at(self) -> datetime:
        """When its first event was."""
        return self.events[0].at


@dataclass(frozen=True, slots=True)
class FoundRun:
    """A Finding, and from which event to which it reached."""

    finding_id: str
    first: Matched
    last: Matched
    state: FindingState

    @property
    def window(self) -> tuple[datetime, datetime]:
        """The time that was judged, ends included."""
        return (self.first.at, self.last.at)

    def spans(self, sign: Sign) -> bool:
        """Whether a sign lies after its first event and before its last."""
        return (self.first.at, self.first.seq) < sign.order < (self.last.at, self.last.seq)


@value(frozen=True, slots=True)
class WhereState:
    """The run that goes on, and the newest event that was judged."""

    run: Run | None = None
    newest_at: datetime | None = None
    newest_seq: int = 0
    found: tuple[FoundRun, ...] = ()
    """The newest Findings: what is learned too late may withdraw them."""


class Where(Unmoved[WhereState]):
    """An unbroken run."""

    version = 1
    state_type = WhereState

    def take(self, case: Case, state: WhereState | None, sign: Sign) -> Outcome[WhereState]:
        state = state or WhereState()
        if sign.kind != case.rule.kind:
            return _left_bed(case, state, sign) if sign.kind == EXITED else Outcome(state)
        match = case.match(sign)
        is_old = state.newest_at is not None and sign.order < (state.newest_at, state.newest_seq)
        if match is Match.PASSED_OVER:
            return Outcome(state)
        if is_old or case.touches_absence(sign.at, sign.at):
            because = Because.TOO_OLD if is_old else Because.AWAY
            case.note_sign(because, sign, newest_at=state.newest_at, **case.absence(sign.at, sign.at))
            return Outcome(state)
        after = WhereState(state.run, sign.at, sign.seq, state.found)
        if match is Match.NO or (state.run is not None and _is_apart(case, state.run, sign)):
            broken = _broken(case, after, sign)
            if match is Match.NO:
                return broken
            return replace(_extended(case, broken.state, sign), changes=broken.changes)
        return _extended(case, after, sign)

    def retract(self, case: Case, state: WhereState, target: Sign) -> Outcome[WhereState]:  # noqa: ARG002 - as all
        run = state.run
        if run is None or run.finding_id is not None:
            return Outcome(state)
        events = tuple(each for each in run.events if each.seq != target.seq)
        if not events:
            return Outcome(replace(state, run=None))
        return Outcome(replace(state, run=replace(run, events=events, last_at=events[-1].at)))

    def adjust(self, case: Case, state: WhereState) -> Outcome[WhereState]:
        unwatched = case.unwatched_at(case.now)
        if unwatched is not None:
            return _broken(case, state, None, unwatched)
        return _judged(case, state)

    def turn(self, case: Case, state: WhereState, cause: Sign) -> Outcome[WhereState]:
        gone = [each for each in state.found if absence_withdraws(case, each)]
        state, withdrawn = _changed(case, state, gone, FindingState.WITHDRAWN, cause)
        run = state.run
        if run is None or not case.touches_absence(run.started_at, max(case.now, run.last_at)):
            return Outcome(state, (), withdrawn)
        after = _broken(case, state, cause, Because.AWAY)
        return replace(after, changes=(*withdrawn, *after.changes))


def _is_apart(case: Case, run: Run, sign: Sign) -> bool:
    """Whether too long a gap, or time away, lies between the run and a sign."""
    return sign.at - run.last_at > case.rule.gap_for or case.touches_absence(run.last_at, sign.at)


def _extended(case: Case, state: WhereState, sign: Sign) -> Outcome[WhereState]:
    before = state.run
    event = Matched(sign.at, sign.seq, sign.event_id, sign.device_id)
    if before is None:
        return _judged(case, replace(state, run=Run((event,), sign.at)), sign)
    if before.finding_id is not None:
        run = replace(before, last_at=sign.at)
        _note(case, run, Because.RESTING, until=sign.at + case.rule.gap_for)
        return Outcome(replace(state, run=run))
    kept = before.events if len(before.events) < MOST_NAMED else before.events[:-1]
    return _judged(case, replace(state, run=Run((*kept, event), sign.at)), sign)


def _judged(case: Case, state: WhereState, sign: Sign | None = None) -> Outcome[WhereState]:
    """The run is found once, at its first event that lies as late as it was long enough.

    A number that has changed is reckoned from the same events, so that one may lie in the past.
    """
    run = state.run
    if run is None or run.finding_id is not None:
        return Outcome(state)
    due_at = run.started_at + (case.rule.watch_for or timedelta(0))
    enough = [number for number, each in enumerate(run.events, start=1) if each.at >= due_at]
    is_away = bool(enough) and case.touches_absence(run.started_at, run.events[enough[0] - 1].at)
    if not enough or is_away or not _is_due_inside(case, run.started_at, due_at):
        because = Because.AWAY if is_away else Because.ENDS_OUTSIDE_HOURS if enough else Because.RUN_TOO_SHORT
        _note(case, run, because, until=run.last_at + case.rule.gap_for)
        return Outcome(state)
    run = replace(run, events=run.events[: enough[0]])
    found = _raise(case, run, sign)
    _note(case, replace(run, finding_id=found.finding_id), Because.FOUND, until=found.at)
    last = FoundRun(found.finding_id, run.events[0], run.events[-1], found.state)
    run = replace(run, finding_id=found.finding_id)
    return Outcome(replace(state, run=run, found=(*state.found, last)[-MOST_REMEMBERED:]), (found,))


def _is_due_inside(case: Case, started_at: datetime, due_at: datetime) -> bool:
    """Whether the due instant lies before the end of the hours in which the run began."""
    between = case.rule.between
    return between is None or due_at < between.end_at(started_at, case.zone)


def _raise(case: Case, run: Run, sign: Sign | None) -> Raise:
    last = run.events[-1]
    raised_at = max(case.now, last.at)
    judged = case.judged_by(sign) if sign is not None and sign.seq == last.seq else {}
    return Raise(
        finding_id=case.finding_id(last.at),
        at=last.at,
        raised_at=raised_at,
        rests_on=tuple(sorted((each.seq, each.event_id) for each in run.events)),
        device_id=last.device_id,
        state=state_when_raised(case, last.at, raised_at),
        figures={
            "run_seconds": (last.at - run.started_at).total_seconds(),
            "readings": len(run.events),
            **judged,
        },
    )


def _left_bed(case: Case, state: WhereState, sign: Sign) -> Outcome[WhereState]:
    """A bed exit breaks the run; what it would have prevented, had it been known in time, is withdrawn."""
    gone = [each for each in state.found if each.state in _NOT_FINAL and each.spans(sign)]
    state, withdrawn = _changed(case, state, gone, FindingState.WITHDRAWN, sign)
    after = _broken(case, state, sign)
    return replace(after, changes=(*withdrawn, *after.changes))


def _changed(
    case: Case, state: WhereState, those: list[FoundRun], after: FindingState, by: Sign | None
) -> tuple[WhereState, tuple[Change, ...]]:
    event_id = by.event_id if by is not None else None
    found = tuple(replace(each, state=after) if each in those else each for each in state.found)
    changes = tuple(Change(each.finding_id, after, case.now, event_id) for each in those)
    return replace(state, found=found), changes


def _note(case: Case, run: Run, because: Because, until: datetime, **figures: Json) -> None:
    if case.notes is None:
        return
    rests = because is Because.RESTING
    start, end = run.started_at, run.last_at
    case.note(
        because,
        end if rests else start,
        until,
        f"after run {run.events[0].seq}" if rests else f"run {run.events[0].seq}",
        *(each.event_id for each in run.events[-MOST_SHOWN:]),
        finding_id=run.finding_id,
        started_at=start,
        last_at=end,
        run_seconds=end - start,
        needed_seconds=case.rule.watch_for,
        readings=len(run.events),
        **figures,
    )


def _broken_by(case: Case, run: Run, by: Sign | None, because: Because) -> dict[str, Json]:
    if by is None or because is Because.AWAY:
        return case.absence(run.started_at, case.now)
    judged = case.judged_by(by) if by.kind == case.rule.kind else {}
    gap_for = by.at - run.last_at
    return {"by": by.kind, "by_event_id": by.event_id, "gap_seconds": gap_for.total_seconds(), **judged}


def _broken(
    case: Case, state: WhereState, by: Sign | None, because: Because = Because.RUN_BROKEN
) -> Outcome[WhereState]:
    """The run is over, and with it what was found in it."""
    run = state.run
    if run is None:
        return Outcome(state)
    if case.notes is not None and run.finding_id is None:
        broken_at = by.at if by is not None else case.now
        _note(case, run, because, until=broken_at, broken_at=broken_at, **_broken_by(case, run, by, because))
    those = [
        each for each in state.found if each.finding_id == run.finding_id and each.state is FindingState.HOLDS
    ]
    after, changes = _changed(case, replace(state, run=None), those, FindingState.ENDED, by)
    return Outcome(after, (), changes)
