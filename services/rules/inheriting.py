"""Inheriting: what a rule as it was before a reload hands on to the rule as it is now.

The facts are made anew from the stored events; handed on is what no event says: which days and periods were
judged, what was found and may still be withdrawn or end, what was used up, and for what a watch was open.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from services.domain.findings import FindingChange, FindingState, Trigger
from services.rules.key_state import KeyState
from services.rules.kinds.count import CountState
from services.rules.kinds.drift import DriftState
from services.rules.kinds.missing import MissingState
from services.rules.kinds.quota import QuotaState
from services.rules.kinds.silent import SilentState
from services.rules.kinds.unless import UnlessState
from services.rules.kinds.where import Run, WhereState
from services.rules.rulebook import Rule


@dataclass(frozen=True, slots=True)
class Given:
    """A key at the reload: the rule and its state before, if there was one, and as made from the events."""

    at: datetime
    rule: Rule
    old_rule: Rule | None
    old: KeyState[Any] | None
    new: KeyState[Any] | None


@dataclass(frozen=True, slots=True)
class Inherited:
    """The state from now on, the events for which the old rule had a watch open, and what is over."""

    state: KeyState[Any] | None
    open_for: frozenset[int] = frozenset()
    changes: tuple[FindingChange, ...] = ()


def inherit(given: Given, used_up: frozenset[int] = frozenset()) -> Inherited:
    """What the key knows from now on."""
    is_same = given.old_rule is not None and given.old_rule.trigger is given.rule.trigger
    old = given.old if is_same else None
    open_for = frozenset(_watched(old)) if old is not None else frozenset()
    inner = given.new.inner if given.new is not None else None
    before = old.inner if old is not None else None
    over: list[str] = []
    if isinstance(inner, CountState):
        inner = replace(inner, unused=tuple(each for each in inner.unused if each.seq not in used_up))
    elif isinstance(inner, UnlessState | None) and isinstance(before, UnlessState):
        inner = inner or UnlessState()
        inner = replace(inner, found=_merged(before.found, inner.found))
    elif isinstance(inner, MissingState) and isinstance(before, MissingState):
        found = _merged(before.found, inner.found)
        inner = replace(inner, since=before.since, judged_day=before.judged_day, found=found)
    elif isinstance(inner, QuotaState) and isinstance(before, QuotaState):
        inner = _quota(given, before, inner)
    elif isinstance(inner, DriftState) and isinstance(before, DriftState):
        if given.old_rule is not None and given.old_rule.figure is given.rule.figure:
            judged = {"judged_day": before.judged_day, "is_outside": before.is_outside}
            inner = replace(inner, since=before.since, **judged)  # type: ignore[arg-type]  # fields by name
    elif isinstance(before, SilentState):
        inner = _silent(before, inner, over)
    elif isinstance(before, WhereState):
        inner = _where(before, inner, over)
    changes = tuple(FindingChange(each, FindingState.ENDED, given.at) for each in over)
    base = given.new or given.old
    if base is None or (given.new is None and inner is None):
        return Inherited(None, open_for, changes)
    # What is judged by day or period knows what it has judged; the rest must not find what lies behind.
    judges_once = given.rule.trigger in {Trigger.MISSING, Trigger.QUOTA, Trigger.DRIFT}
    state = replace(
        base,
        sources=given.new.sources if given.new is not None else (),
        inner=inner,
        since=None if judges_once else given.at,
        open_for=tuple(sorted(open_for)),
    )
    return Inherited(state, open_for, changes)


def _watched(state: KeyState[Any]) -> Iterable[int]:
    """The events for which a watch is open: a settling, a running watch, a run, a set, a silence."""
    for source in state.sources:
        yield from (sign.seq for sign in source.pending)
    inner = state.inner
    if isinstance(inner, UnlessState):
        yield from (watch.seq for watch in inner.watches)
    elif isinstance(inner, CountState):
        yield from (each.seq for each in inner.unused)
    elif isinstance(inner, WhereState) and inner.run is not None and inner.run.finding_id is None:
        yield from (each.seq for each in inner.run.events)
    elif isinstance(inner, SilentState) and inner.finding_id is None:
        yield inner.seq


def _merged(before: tuple[Any, ...], new: tuple[Any, ...]) -> tuple[Any, ...]:
    """What was found, as it stands, and what would have been."""
    known = {each.finding_id for each in before}
    return (*before, *(each for each in new if each.finding_id not in known))


def _quota(given: Given, before: QuotaState, new: QuotaState) -> QuotaState:
    if given.old_rule is None or given.old_rule.period is not given.rule.period:
        return new
    return replace(
        new,
        since=before.since,
        judged_until=before.judged_until,
        warned_at=before.warned_at,
        found=_merged(before.found, new.found),
    )


def _silent(before: SilentState, new: Any, over: list[str]) -> Any:
    if not isinstance(new, SilentState):
        return before  # silent for longer than the events were read for
    if before.finding_id is None:
        return new
    if new.heard_at <= before.heard_at:
        return replace(new, finding_id=before.finding_id)
    over.append(before.finding_id)
    return new


def _where(before: WhereState, new: Any, over: list[str]) -> Any:
    old = before.run
    if old is None or old.finding_id is None:
        return new
    run: Run | None = new.run if isinstance(new, WhereState) else None
    if run is not None and run.started_at <= old.last_at:
        found = _merged(before.found, new.found)
        return replace(new, run=replace(run, finding_id=old.finding_id), found=found)
    if any(each.finding_id == old.finding_id and each.state is FindingState.HOLDS for each in before.found):
        over.append(old.finding_id)
    return new
