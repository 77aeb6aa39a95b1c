"""What one rule knows of one key: settlings in front, the trigger's own facts behind them.

Decides in which order settlings and deadlines of one key are met, and that none is met before the instant at
which the key was last touched: what has become overdue by an event waits for the other events of that
instant.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, Generic, TypeVar

from services.domain.findings import Trigger
from services.domain.values import value
from services.rules import settling
from services.rules.because import Because
from services.rules.beds import PairChange
from services.rules.case import BedWatcher, Case, Change, Kind, Outcome, Raise, Unmoved
from services.rules.settling import Source
from services.rules.signs import Sign

S = TypeVar("S")
_NEVER_DUE: object = Unmoved.due_at


@value(frozen=True, slots=True)
class KeyState(Generic[S]):
    """The whole state of a rule for a key."""

    touched_at: datetime
    resident_id: str | None
    device_id: str | None
    sources: tuple[Source, ...] = ()
    inner: S | None = None
    since: datetime | None = None
    """The reload that made it from stored events; what lies before it is found no more,"""
    open_for: tuple[int, ...] = ()
    """but for what rests on these events, for which the rule as it was before had a watch open."""

    def may_raise(self, new: Raise) -> bool:
        """Whether a Finding is not one of those that lie before the reload."""
        return (
            self.since is None or new.at >= self.since or any(seq in self.open_for for seq, _ in new.rests_on)
        )


@value(frozen=True, slots=True)
class Step:
    """What a touch of a key came to."""

    state: KeyState[Any]
    raises: tuple[Raise, ...] = ()
    changes: tuple[Change, ...] = ()

    def then(self, outcome: Outcome[Any]) -> Step:
        """The step with what came of one more answer of the trigger."""
        state = _with(self.state, self.state.touched_at, outcome.state)
        return Step(state, self.raises + outcome.raises, self.changes + outcome.changes)


def take(kind: Kind[Any], case: Case, state: KeyState[Any], sign: Sign) -> Step:
    """A sign that does not settle."""
    if sign.kind not in case.rule.own_kinds or _is_of_another(case, state, sign):
        return Step(_touched(state, case.now))
    return _answered(state, case.now, kind.take(_before(case, state), state.inner, sign))


def hear(kind: Kind[Any], case: Case, state: KeyState[Any], sign: Sign) -> Step:
    """A message, of whatever kind."""
    return _answered(state, case.now, kind.take(case, state.inner, sign))


def take_door(kind: Kind[Any], case: Case, state: KeyState[Any], sign: Sign) -> Step:
    """A door's report, for a rule with `settle`."""
    name = f"door:{sign.device_id or ''}"
    if case.resident is not None and not case.resident.is_enrolled_at(sign.at):
        return Step(_touched(state, case.now))
    source, new = settling.take_door(_source(state, name), sign)
    if new is None and sign.kind == case.rule.kind:
        is_old = source.present != sign.kind
        case.note_sign(Because.TOO_OLD if is_old else Because.NO_CHANGE, sign, newest_at=source.newest_at)
    state = _with_source(_touched(state, case.now), source)
    return take_change(kind, case, state, new) if new else Step(state)


def take_change(
    kind: Kind[Any],  # noqa: ARG001 - the shape of every taking
    case: Case,
    state: KeyState[Any],
    new: PairChange,
) -> Step:
    """A change of a bed or a door, for a rule with `settle`."""
    if case.rule.settle_for is None:
        raise ValueError(f"{case.rule.name} does not settle")
    before = _source(state, new.source)
    source = settling.change(before, new, case.rule.settle_for)
    if case.notes is not None:
        _note_dropped(case, before, source, new)
    return Step(_with_source(_touched(state, case.now), source))


def look(kind: BedWatcher[Any], case: Case, state: KeyState[Any], new: PairChange) -> Step:
    """A change of a bed, for a trigger that looks at it before it settles, and again when it has."""
    settles = case.rule.settle_for is not None
    step = take_change(kind, case, state, new) if settles else Step(_touched(state, case.now))
    return step.then(kind.look(_before(case, step.state), step.state.inner, new))


def hear_bed(kind: BedWatcher[Any], case: Case, state: KeyState[Any], sign: Sign) -> Step:
    """A sensor of a bed has said something."""
    return Step(_touched(state, case.now)).then(kind.hear(case, state.inner, sign))


def retract(kind: Kind[Any], case: Case, state: KeyState[Any], target: Sign) -> Step:
    """An event that was taken in, or is still to settle, counts no more."""
    sources = tuple(settling.drop(source, target.seq) for source in state.sources)
    step = Step(replace(_touched(state, case.now), sources=sources))
    if target.kind == case.rule.kind:
        case.note_sign(Because.RETRACTED, target)
    if state.inner is None:
        return step
    return step.then(kind.retract(_before(case, step.state), state.inner, target))


def adjust(kind: Kind[Any], case: Case, state: KeyState[Any], turn: Sign | None = None) -> Step:
    """The rule, the resident or an override is another now; ``turn`` is what told of time away."""
    step = Step(_touched(state, case.now))
    if state.inner is None:
        return step
    step = step.then(kind.adjust(_before(case, state), state.inner))
    if turn is None:
        return step
    return step.then(kind.turn(_before(case, step.state), step.state.inner, turn))


def may_have_deadline(kind: Kind[Any], state: KeyState[Any]) -> bool:
    """Whether anything may be due for the key at all: a trigger that finds by events alone never waits."""
    has_own: object = type(kind).due_at
    if state.inner is not None and has_own is not _NEVER_DUE:
        return True
    return bool(state.sources) and any(source.pending for source in state.sources)


def due_at(kind: Kind[Any], case: Case, state: KeyState[Any]) -> datetime | None:
    """The next settling or deadline of the key."""
    nearest = None if state.inner is None else kind.due_at(_before(case, state), state.inner)
    settle_for = case.rule.settle_for
    for source in state.sources:
        due = None if settle_for is None else source.due_at(settle_for)
        if due is not None and (nearest is None or due < nearest):
            nearest = due
    return None if nearest is None else max(nearest, state.touched_at)


def meet(kind: Kind[Any], case: Case, state: KeyState[Any]) -> Step:
    """Meet the settlings, then the deadlines, that are due at ``case.now``."""
    step = Step(_touched(state, case.now))
    settle_for = case.rule.settle_for
    if settle_for is not None:
        due = [
            (sign.at + settle_for, sign.seq, source.name)
            for source in state.sources
            for sign in source.pending
            if sign.at + settle_for <= case.now
        ]
        for _, _, name in sorted(due):
            after, sign = settling.settle(_source(step.state, name))
            step = _take(kind, case, replace(step, state=_with_source(step.state, after)), sign)
    if step.state.inner is None:
        return step
    return step.then(kind.meet(_before(case, step.state), step.state.inner))


def look_ahead(kind: Kind[Any], case: Case, state: KeyState[Any]) -> None:
    """Note what is pending and what is running, for somebody who asks why."""
    settle_for = case.rule.settle_for
    for sign in (sign for source in state.sources for sign in source.pending if settle_for is not None):
        if sign.kind == case.rule.kind and settle_for is not None:
            case.note_sign(Because.SETTLING, sign, settles_at=sign.at + settle_for, settle_seconds=settle_for)
    if state.inner is not None:
        kind.look_ahead(_before(case, state), state.inner)


def _note_dropped(case: Case, before: Source, after: Source, new: PairChange) -> None:
    """Note the change that did not hold, and the one that only brought the old state back."""
    for sign in before.pending:
        if sign not in after.pending and sign.kind == case.rule.kind:
            case.note(
                Because.NEVER_SETTLED,
                sign.at,
                new.sign.at,
                f"event {sign.seq}",
                sign.event_id,
                new.sign.event_id,
                by=new.kind,
                held_seconds=new.sign.at - sign.at,
                settle_seconds=case.rule.settle_for,
                device_id=sign.device_id,
            )
    if new.kind == case.rule.kind and new.sign not in after.pending:
        case.note_sign(Because.NO_CHANGE, new.sign)
    if new.kind is None:
        case.note_sign(Because.BED_UNKNOWN, new.sign)


def _take(kind: Kind[Any], case: Case, step: Step, sign: Sign) -> Step:
    if sign.kind not in case.rule.own_kinds or _is_of_another(case, step.state, sign):
        return step
    return step.then(kind.take(_before(case, step.state), step.state.inner, sign))


def _is_of_another(case: Case, state: KeyState[Any], sign: Sign) -> bool:
    """Whether another sensor of the bed has reported what a rule `per: device` is on: it is that one's. What
    prevents or breaks is the whole bed's.
    """
    if state.device_id is None or sign.device_id is None or sign.device_id == state.device_id:
        return False
    return sign.kind == case.rule.kind and case.rule.trigger is not Trigger.MISSING


def _answered(state: KeyState[Any], now: datetime, outcome: Outcome[Any]) -> Step:
    """The key after a sign, in one go: this is done for every rule at every event."""
    touched_at = max(now, state.touched_at)
    after = _with(state, touched_at, outcome.state)
    return Step(after, outcome.raises, outcome.changes)


def _before(case: Case, state: KeyState[Any]) -> Case:
    if not state.sources:
        return case
    pending = tuple([sign for source in state.sources for sign in source.pending])
    if not pending:
        return case
    return Case(
        case.rule,
        case.key,
        case.zone,
        case.now,
        case.resident_id,
        case.resident,
        case.device,
        pending,
        case.gaps,
        case.notes,
    )


def _touched(state: KeyState[Any], now: datetime) -> KeyState[Any]:
    if state.touched_at >= now:
        return state
    return _with(state, now, state.inner)


def _with(state: KeyState[Any], touched_at: datetime, inner: Any) -> KeyState[Any]:
    """As `replace`, at a third of its cost: this is done at every event."""
    return KeyState(
        touched_at,
        state.resident_id,
        state.device_id,
        state.sources,
        inner,
        state.since,
        state.open_for,
    )


def _source(state: KeyState[Any], name: str) -> Source:
    for source in state.sources:  # at every change of a bed, so no generator
        if source.name == name:
            return source
    return Source(name)


def _with_source(state: KeyState[Any], source: Source) -> KeyState[Any]:
    others = [each for each in state.sources if each.name != source.name]
    return KeyState(
        state.touched_at,
        state.resident_id,
        state.device_id,
        (*others, source),
        state.inner,
        state.since,
        state.open_for,
    )
