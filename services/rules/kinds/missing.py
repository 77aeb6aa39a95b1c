"""`missing`: each local day a Finding at `by` if nothing of the kind happened in [`from`, `by`).

With `while` only if the newest settled change of that pair up to `by` is of that kind. Each day is judged
once, by itself; what is stored late withdraws it, what happens later ends it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from services.domain.events import Json
from services.domain.findings import FindingReason, FindingState
from services.domain.instants import format_instant, local, utc_of_local
from services.domain.values import value
from services.rules.because import Because
from services.rules.case import Case, Change, Outcome, Raise, Unmoved
from services.rules.rulebook import PAIR_OF
from services.rules.signs import OLDEST_RECORD, Sign
from services.rules.withdrawing import absence_withdraws, withdrawal

_DAY = timedelta(days=1)
_INSTANT = timedelta(microseconds=1)
"""The smallest step of time: a window [start, end) is over so long before its end."""
_KEPT_FOR = timedelta(days=3)
"""How long before the last judged day events are kept: a day's window is at most two days long."""
LATE_BATCH_FOR = timedelta(seconds=60)
"""How long after the reception of the change on which `while` rests the rest of a late batch may speak."""
MOST_REMEMBERED = 32
"""How many Findings that are over are kept; one that holds may be undone by what is still to be recorded."""


@value(frozen=True, slots=True)
class Seen:
    """An event of the rule's kind, or a change of its `while` pair."""

    at: datetime
    seq: int
    kind: str
    event_id: str = ""
    received_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class FoundDay:
    """A Finding, the window that it judged, and the change on which its `while` rested."""

    finding_id: str
    from_at: datetime
    at: datetime
    state: FindingState
    newest: Seen | None = None

    @property
    def window(self) -> tuple[datetime, datetime]:
        """The time that was judged, ends included."""
        return (self.from_at, self.at - _INSTANT)


@value(frozen=True, slots=True)
class MissingState:
    """The facts of one rule and key. Days whose `by` lies before ``since`` are not judged."""

    since: datetime
    judged_day: date | None = None
    seen: tuple[Seen, ...] = ()
    changes: tuple[Seen, ...] = ()
    """Changes of the `while` pair, by (instant, order of storing)."""
    found: tuple[FoundDay, ...] = ()


class Missing(Unmoved[MissingState]):
    """What should have happened by a time of the day."""

    version = 1
    state_type = MissingState

    def begin(self, case: Case) -> MissingState | None:
        return MissingState(since=case.now)

    def take(self, case: Case, state: MissingState | None, sign: Sign) -> Outcome[MissingState]:
        state = state or MissingState(since=case.now)
        changes: list[Change] = []
        seen = Seen(sign.at, sign.seq, sign.kind, sign.event_id, sign.received_at)
        if (
            case.rule.while_kind is not None
            and sign.kind in PAIR_OF[case.rule.while_kind]
            and _counts(case, sign)
        ):
            state = replace(state, changes=_sorted((*state.changes, seen)))
            state = _after_change(case, state, seen, sign, changes)
        switched_on = replace(case, rule=replace(case.rule, enabled=True))
        if switched_on.takes(sign):
            state = replace(state, seen=_sorted((*state.seen, seen)))
            state = _after_match(case, state, seen, sign, changes)
        return Outcome(state, (), tuple(changes))

    def retract(self, case: Case, state: MissingState, target: Sign) -> Outcome[MissingState]:  # noqa: ARG002 - as all
        seen = tuple(each for each in state.seen if each.seq != target.seq)
        changes = tuple(each for each in state.changes if each.seq != target.seq)
        return Outcome(replace(state, seen=seen, changes=changes))

    def turn(self, case: Case, state: MissingState, cause: Sign) -> Outcome[MissingState]:
        gone = [each for each in state.found if absence_withdraws(case, each)]
        found = tuple(
            replace(each, state=FindingState.WITHDRAWN) if each in gone else each for each in state.found
        )
        return Outcome(replace(state, found=found), (), tuple(withdrawal(case, each, cause) for each in gone))

    def due_at(self, case: Case, state: MissingState) -> datetime | None:
        if case.resident is None:
            return None
        _, from_at, by_at = _next_day(case, state)
        if case.resident.has_left_by(by_at) or any(
            _is_awaited(case, sign, from_at, by_at) for sign in case.pending
        ):
            return None
        newest = _newest(state, by_at)
        if case.rule.while_kind is None or newest is None or newest.received_at is None:
            return by_at
        return max(by_at, newest.received_at + LATE_BATCH_FOR)

    def meet(self, case: Case, state: MissingState) -> Outcome[MissingState]:
        raises: list[Raise] = []
        due_at = self.due_at(case, state)
        while due_at is not None and due_at <= case.now:
            day, from_at, by_at = _next_day(case, state)
            new = _judge(case, state, from_at, by_at)
            found = state.found
            if new is not None:
                raises.append(new)
                case.note(Because.FOUND, from_at, by_at, f"day {by_at}", finding_id=new.finding_id)
                newest = _newest(state, by_at)
                found = (*found, FoundDay(new.finding_id, from_at, by_at, new.state, newest))
            state = _forgetting(replace(state, judged_day=day, found=_kept(found, by_at)), by_at)
            due_at = self.due_at(case, state)
        return Outcome(state, tuple(raises))

    def look_ahead(self, case: Case, state: MissingState) -> None:
        if self.due_at(case, state) is None and not case.pending:
            return
        _, from_at, by_at = _next_day(case, state)
        if _judge(case, state, from_at, by_at) is not None:
            said = {**_window_said(from_at, by_at), "due_at": by_at}
            case.note(Because.STILL_RUNNING, from_at, by_at, f"day {by_at}", **said)


def _next_day(case: Case, state: MissingState) -> tuple[date, datetime, datetime]:
    """The next day that is to be judged, and its window."""
    day = local(state.since, case.zone).date() - _DAY if state.judged_day is None else state.judged_day + _DAY
    while True:
        from_at, by_at = _window(case, day)
        if by_at >= state.since:
            return day, from_at, by_at
        day += _DAY


def _window(case: Case, day: date) -> tuple[datetime, datetime]:
    from_wall, by_wall = case.rule.from_wall, case.rule.by_wall
    if from_wall is None or by_wall is None:
        raise ValueError("`missing` has `from` and `by`")
    # A rule never says the same time twice, but an override may come to meet what a new revision says.
    first_day = day - _DAY if from_wall >= by_wall else day
    return utc_of_local(first_day, from_wall, case.zone), utc_of_local(day, by_wall, case.zone)


def _is_awaited(case: Case, sign: Sign, from_at: datetime, by_at: datetime) -> bool:
    """Whether a change that has not settled yet says, should it settle, if something is missing."""
    if case.rule.while_kind is not None:
        return sign.at <= by_at
    return sign.kind == case.rule.kind and from_at <= sign.at < by_at


def _judge(case: Case, state: MissingState, from_at: datetime, by_at: datetime) -> Raise | None:
    resident = case.resident
    unwatched = case.unwatched_at(case.now)
    if resident is None or unwatched is not None or not resident.is_enrolled_at(from_at):
        return _not(case, from_at, by_at, unwatched or Because.BEGAN_BEFORE)
    before_by = by_at - _INSTANT
    if case.is_away_rule() and resident.was_away_in(from_at, before_by):
        return _not(case, from_at, by_at, Because.AWAY, **case.absence(from_at, before_by))
    happened = [each for each in state.seen if from_at <= each.at < by_at]
    if happened:
        return _not(case, from_at, by_at, Because.HAPPENED, happened[0])
    newest = _newest(state, by_at)
    if case.rule.while_kind is not None and (newest is None or newest.kind != case.rule.while_kind):
        return _not(case, from_at, by_at, Because.IN_ANOTHER_STATE, newest, needed=case.rule.while_kind)
    is_over = any(each.at >= by_at for each in state.seen)
    rests_on = (
        ((newest.seq, newest.event_id),) if case.rule.while_kind is not None and newest is not None else ()
    )
    return Raise(
        finding_id=case.finding_id(by_at),
        at=by_at,
        raised_at=case.now,
        rests_on=rests_on,
        device_id=case.device.id if case.device is not None else None,
        state=FindingState.STALE if is_over else FindingState.HOLDS,
        reason=FindingReason.NO_LONGER_HOLDS if is_over else None,
        figures=_window_said(from_at, by_at),
    )


def _not(
    case: Case, from_at: datetime, by_at: datetime, because: Because, by: Seen | None = None, **figures: Json
) -> Raise | None:
    """No Finding for a day, and why not."""
    seen = {"by": by.kind, "by_at": format_instant(by.at)} if by is not None else {}
    event_id = by.event_id if by is not None else None
    said = {**_window_said(from_at, by_at), **seen, **figures}
    case.note(because, from_at, by_at, f"day {by_at}", event_id, **said)
    return None


def _window_said(from_at: datetime, by_at: datetime) -> dict[str, Json]:
    return {"window_from": format_instant(from_at), "window_until": format_instant(by_at)}


def _newest(state: MissingState, by_at: datetime) -> Seen | None:
    return next((each for each in reversed(state.changes) if each.at <= by_at), None)


def _after_match(
    case: Case, state: MissingState, seen: Seen, sign: Sign, changes: list[Change]
) -> MissingState:
    def after(found: FoundDay) -> FindingState:
        if found.from_at <= seen.at < found.at and found.state in {FindingState.HOLDS, FindingState.ENDED}:
            return FindingState.WITHDRAWN
        if seen.at >= found.at and found.state is FindingState.HOLDS:
            return FindingState.ENDED
        return found.state

    return _moved(case, state, [after(found) for found in state.found], sign, changes)


def _after_change(
    case: Case, state: MissingState, seen: Seen, sign: Sign, changes: list[Change]
) -> MissingState:
    """A change that is stored late and is newer than the one on which a Finding rested."""

    def is_newer(found: FoundDay) -> bool:
        newest = found.newest
        return newest is not None and (newest.at, newest.seq) < (seen.at, seen.seq) and seen.at <= found.at

    def after(found: FoundDay) -> FindingState:
        can_be = found.state in {FindingState.HOLDS, FindingState.ENDED}
        return FindingState.WITHDRAWN if can_be and seen.kind != case.rule.while_kind else found.state

    states = [after(found) if is_newer(found) else found.state for found in state.found]
    moved = _moved(case, state, states, sign, changes)
    return replace(
        moved,
        found=tuple(replace(found, newest=seen) if is_newer(found) else found for found in moved.found),
    )


def _moved(
    case: Case, state: MissingState, states: list[FindingState], sign: Sign, changes: list[Change]
) -> MissingState:
    found = []
    for each, after in zip(state.found, states, strict=True):
        if after is not each.state:
            changes.append(Change(each.finding_id, after, case.now, sign.event_id))
        found.append(replace(each, state=after))
    return replace(state, found=tuple(found))


def _kept(found: tuple[FoundDay, ...], by_at: datetime) -> tuple[FoundDay, ...]:
    """All that hold and that a record can still reach, and the newest of those that are over."""
    over = [each.finding_id for each in found if each.state is not FindingState.HOLDS]
    dropped = set(over[:-MOST_REMEMBERED])
    reached_at = by_at - OLDEST_RECORD
    return tuple(each for each in found if each.at >= reached_at and each.finding_id not in dropped)


def _forgetting(state: MissingState, by_at: datetime) -> MissingState:
    """Forget what no day that is still to be judged can look at; the newest change before is kept."""
    oldest = by_at - _KEPT_FOR
    older = [change for change in state.changes if change.at < oldest]
    kept = [*older[-1:], *(change for change in state.changes if change.at >= oldest)]
    seen = tuple(each for each in state.seen if each.at >= oldest)
    return replace(state, seen=seen, changes=tuple(kept))


def _counts(case: Case, sign: Sign) -> bool:
    return case.resident is not None and case.resident.is_enrolled_at(sign.at)


def _sorted(seen: tuple[Seen, ...]) -> tuple[Seen, ...]:
    return tuple(sorted(seen, key=lambda each: (each.at, each.seq)))
