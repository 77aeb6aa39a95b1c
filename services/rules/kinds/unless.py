"""`on` + `unless` + `for` / `until`: a Finding when what should have followed has not followed in time.

State keeps facts only: which event started the watch, which `unless` events were stored, what was found.
Every deadline is reckoned from them anew, so that another number in the rule is another deadline at once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.domain.events import Json
from services.domain.findings import FindingReason, FindingState
from services.domain.values import value
from services.rules.because import Because
from services.rules.case import Case, Change, Outcome, Raise, Unmoved
from services.rules.signs import Sign
from services.rules.windows import next_wall_time, same_wall_time
from services.rules.withdrawing import absence_withdraws, withdrawal

LATE_BATCH_FOR = timedelta(seconds=60)
"""How long after the reception of the event that set a deadline the rest of a late batch may still speak."""
MOST_REMEMBERED = 32
"""How many newest `unless` events, and findings that are over, are kept; the older ones could only matter to
an event that arrives later than that many of them.
"""
_MOST_DAYS = 100_000


@value(frozen=True, slots=True)
class Watch:
    """A running watch: the event that started it."""

    seq: int
    started_at: datetime
    received_at: datetime
    event_id: str
    device_id: str | None
    days: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A Finding that was made, as far as later events may withdraw or end it."""

    finding_id: str
    seq: int
    started_at: datetime
    at: datetime
    state: FindingState

    @property
    def window(self) -> tuple[datetime, datetime]:
        """The time that was judged, ends included."""
        return (self.started_at, self.at)


@value(frozen=True, slots=True)
class Prevention:
    """An `unless` event that is stored."""

    at: datetime
    seq: int
    event_id: str = ""


@value(frozen=True, slots=True)
class UnlessState:
    """The facts of one rule and key."""

    watches: tuple[Watch, ...] = ()
    preventions: tuple[Prevention, ...] = ()
    found: tuple[Found, ...] = ()


class Unless(Unmoved[UnlessState]):
    """The watch that something ends."""

    version = 1
    state_type = UnlessState

    def take(self, case: Case, state: UnlessState | None, sign: Sign) -> Outcome[UnlessState]:
        state = state or UnlessState()
        changes: tuple[Change, ...] = ()
        if sign.kind == case.rule.unless and _counts(case, sign):
            state, changes = _prevent(case, state, sign)
        if case.takes(sign):
            state = _start(case, state, sign)
        return Outcome(state, (), changes)

    def retract(
        self,
        case: Case,  # noqa: ARG002 - the shape of every trigger
        state: UnlessState,
        target: Sign,
    ) -> Outcome[UnlessState]:
        watches = tuple(watch for watch in state.watches if watch.seq != target.seq)
        preventions = tuple(each for each in state.preventions if each.seq != target.seq)
        return Outcome(replace(state, watches=watches, preventions=preventions))

    def adjust(self, case: Case, state: UnlessState) -> Outcome[UnlessState]:
        unwatched = case.unwatched_at(case.now)
        if unwatched is not None:
            for watch in state.watches:
                _note(case, watch, unwatched)
            return Outcome(replace(state, watches=()))
        watches = tuple(watch for watch in state.watches if _runs_on(case, state, watch))
        return Outcome(replace(state, watches=watches))

    def turn(self, case: Case, state: UnlessState, cause: Sign) -> Outcome[UnlessState]:
        gone = [each for each in state.found if absence_withdraws(case, each)]
        found = [
            replace(each, state=FindingState.WITHDRAWN) if each in gone else each for each in state.found
        ]
        changes = tuple(withdrawal(case, each, cause) for each in gone)
        return Outcome(replace(state, found=_kept(found)), (), changes)

    def due_at(self, case: Case, state: UnlessState) -> datetime | None:
        dues = [_due_at(case, watch) for watch in state.watches if not _awaits(case, watch)]
        return min(dues, default=None)

    def meet(self, case: Case, state: UnlessState) -> Outcome[UnlessState]:
        due = [
            watch for watch in state.watches if _due_at(case, watch) <= case.now and not _awaits(case, watch)
        ]
        raises = []
        found = list(state.found)
        for watch in due:
            new = _judge(case, state, watch)
            if new is not None:
                raises.append(new)
                found.append(Found(new.finding_id, watch.seq, watch.started_at, new.at, new.state))
        watches = tuple(watch for watch in state.watches if watch not in due)
        return Outcome(replace(state, watches=watches, found=_kept(found)), tuple(raises))


def ends_at(case: Case, started_at: datetime, days: int | None) -> datetime | None:
    """When a watch that started then is over; None if that lies outside its window or beyond the calendar."""
    rule = case.rule
    try:
        if rule.watch_for is None:
            if rule.until is not None:
                return next_wall_time(started_at, rule.until, case.zone)
            return same_wall_time(started_at, days or 0, case.zone)
        end = started_at + rule.watch_for
    except (OverflowError, ValueError):
        return None
    if rule.between is not None and end >= rule.between.end_at(started_at, case.zone):
        return None
    return end


def _start(case: Case, state: UnlessState, sign: Sign) -> UnlessState:
    days = _days(case, sign)
    if case.rule.days_field is not None and days is None:
        case.note_sign(Because.FIELD_MISSING, sign, fields=[f"event.data.{case.rule.days_field}"])
        return state
    end = ends_at(case, sign.at, days)
    if end is None:
        case.note_sign(
            Because.ENDS_OUTSIDE_HOURS, sign, watch_for_seconds=case.rule.watch_for, **case.hours(sign.at)
        )
        return state
    watch = Watch(sign.seq, sign.at, sign.received_at, sign.event_id, sign.device_id, days)
    if case.touches_absence(sign.at, end):
        _note(case, watch, Because.AWAY, **case.absence(sign.at, end))
        return state
    later = _later(state, watch)
    if later:
        _note_followed(case, watch, later[0], Because.ALREADY_FOLLOWED)
        return state
    running = [each for each in state.watches if sign.at <= _end_of(case, each)]
    if running:
        _note(case, watch, Because.ALREADY_WATCHED, watching_since=running[0].started_at)
        return state
    rests_on = [each for each in state.found if each.state is not FindingState.WITHDRAWN]
    if rests_on and sign.at <= max(each.at for each in rests_on):
        _note(case, watch, Because.RESTING, rests_on[-1].finding_id, found_at=rests_on[-1].at)
        return state
    _note(case, watch, Because.STILL_RUNNING)
    return replace(state, watches=(*state.watches, watch))


def _prevent(case: Case, state: UnlessState, sign: Sign) -> tuple[UnlessState, tuple[Change, ...]]:
    watches = tuple(
        watch
        for watch in state.watches
        if sign.order <= (watch.started_at, watch.seq) or sign.at > _end_of(case, watch)
    )
    prevention = Prevention(sign.at, sign.seq, sign.event_id)
    for watch in state.watches:
        if watch not in watches:
            _note_followed(case, watch, prevention, Because.PREVENTED)
    found = []
    changes = []
    for each in state.found:
        after = _after_prevention(each, sign)
        if after is not each.state:
            changes.append(Change(each.finding_id, after, case.now, sign.event_id))
        found.append(replace(each, state=after))
    preventions = sorted((*state.preventions, prevention), key=lambda each: (each.at, each.seq))
    return (
        UnlessState(watches, tuple(preventions[-MOST_REMEMBERED:]), _kept(found)),
        tuple(changes),
    )


def _after_prevention(found: Found, sign: Sign) -> FindingState:
    if sign.order <= (found.started_at, found.seq):
        return found.state
    if sign.at <= found.at:
        can_be_withdrawn = found.state in {FindingState.HOLDS, FindingState.ENDED}
        return FindingState.WITHDRAWN if can_be_withdrawn else found.state
    return FindingState.ENDED if found.state is FindingState.HOLDS else found.state


def _judge(case: Case, state: UnlessState, watch: Watch) -> Raise | None:
    end = ends_at(case, watch.started_at, watch.days)
    if end is None:
        _note(case, watch, Because.ENDS_OUTSIDE_HOURS, **case.hours(watch.started_at))
        return None
    unwatched = case.unwatched_at(case.now)
    if unwatched is not None or case.touches_absence(watch.started_at, end):
        _note(case, watch, unwatched or Because.AWAY, **case.absence(watch.started_at, end))
        return None
    if any(each.at == end for each in state.found):
        _note(case, watch, Because.ALREADY_FOUND, case.finding_id(end))
        return None  # a Finding is unique by rule, key, trigger and instant
    is_over = bool(_later(state, watch))
    _note(case, watch, Because.FOUND, case.finding_id(end))
    return Raise(
        finding_id=case.finding_id(end),
        at=end,
        raised_at=case.now,
        rests_on=((watch.seq, watch.event_id),),
        device_id=watch.device_id,
        state=FindingState.STALE if is_over else FindingState.HOLDS,
        reason=FindingReason.NO_LONGER_HOLDS if is_over else None,
        figures={"waited_seconds": (end - watch.started_at).total_seconds()},
    )


def _due_at(case: Case, watch: Watch) -> datetime:
    return max(_end_of(case, watch), watch.received_at + LATE_BATCH_FOR)


def _end_of(case: Case, watch: Watch) -> datetime:
    """When a running watch ends; one that another number moved out of its window is over where it began."""
    return ends_at(case, watch.started_at, watch.days) or watch.started_at


def _later(state: UnlessState, watch: Watch) -> list[Prevention]:
    """The `unless` events later than the one that started the watch."""
    return [each for each in state.preventions if (each.at, each.seq) > (watch.started_at, watch.seq)]


def _runs_on(case: Case, state: UnlessState, watch: Watch) -> bool:
    """Whether, by what is known now, the watch still has an end, touches no time away and nothing has
    prevented it. Who goes away after its end does not undo what is only not raised yet.
    """
    end = ends_at(case, watch.started_at, watch.days)
    if end is None:
        _note(case, watch, Because.ENDS_OUTSIDE_HOURS, **case.hours(watch.started_at))
        return False
    if case.touches_absence(watch.started_at, end):
        _note(case, watch, Because.AWAY, **case.absence(watch.started_at, end))
        return False
    in_time = [each for each in _later(state, watch) if each.at <= end]
    if in_time:
        _note_followed(case, watch, in_time[0], Because.PREVENTED)
        return False
    _note(case, watch, Because.STILL_RUNNING)
    return True


def _note(case: Case, watch: Watch, because: Because, finding_id: str | None = None, **figures: Json) -> None:
    if case.notes is None:
        return
    end = _end_of(case, watch)
    more: dict[str, Json] = {
        "started_at": watch.started_at,
        "due_at": end,
        "device_id": watch.device_id,
        **figures,
    }
    about = f"event {watch.seq}"
    case.note(because, watch.started_at, end, about, watch.event_id, finding_id=finding_id, **more)


def _note_followed(case: Case, watch: Watch, by: Prevention, because: Because) -> None:
    if case.notes is None:
        return
    end = _end_of(case, watch)
    case.note(
        because,
        watch.started_at,
        end,
        f"event {watch.seq}",
        watch.event_id,
        by.event_id,
        by=case.rule.unless,
        by_at=by.at,
        after_seconds=by.at - watch.started_at,
        started_at=watch.started_at,
        due_at=end,
    )


def _awaits(case: Case, watch: Watch) -> bool:
    """Whether a change is pending that would have prevented it, should it settle."""
    end = _end_of(case, watch)
    return any(
        sign.kind == case.rule.unless and (watch.started_at, watch.seq) < sign.order and sign.at <= end
        for sign in case.pending
    )


def _counts(case: Case, sign: Sign) -> bool:
    return case.resident is None or case.resident.is_enrolled_at(sign.at)


def _days(case: Case, sign: Sign) -> int | None:
    if case.rule.days_field is None:
        return None
    value = sign.data.get(case.rule.days_field)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    is_count = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST_DAYS
    return value if is_count else None


def _kept(found: list[Found]) -> tuple[Found, ...]:
    """All that still hold, and the newest of the rest."""
    over = [each for each in found if each.state is not FindingState.HOLDS]
    dropped = set(over[:-MOST_REMEMBERED])
    return tuple(each for each in found if each not in dropped)
