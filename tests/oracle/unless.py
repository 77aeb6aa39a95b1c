"""`on` + `unless` + `for`, by looking at the whole list again for every question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.oracle.happened import Happened, Said

LATE_BATCH_FOR = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class _Watch:
    start: Happened
    end: datetime
    due_at: datetime


def say(
    events: Sequence[Happened], on: str, unless: str, watch_for: timedelta, until: datetime
) -> list[Said]:
    """What the rule says about ``events`` when every deadline up to ``until`` is met."""
    preventions = [event for event in events if event.kind == unless]
    watches: list[_Watch] = []
    for event in (event for event in events if event.kind == on):
        if any(each.seq < event.seq and each.order > event.order for each in preventions):
            continue
        if any(_holds_back(watch, event, preventions) for watch in watches):
            continue
        end = event.occurred_at + watch_for
        watches.append(_Watch(event, end, max(end, event.received_at + LATE_BATCH_FOR)))
    found: dict[datetime, Said] = {}
    for watch in sorted(watches, key=lambda watch: watch.due_at):
        said = _judged(watch, preventions) if watch.due_at <= until else None
        if said is not None:
            found.setdefault(said.at, said)  # a Finding is unique by its instant
    return list(found.values())


def _in_time(watch: _Watch, preventions: Sequence[Happened]) -> list[Happened]:
    """What ended the watch before it was judged."""
    return [
        each
        for each in preventions
        if each.order > watch.start.order
        and each.occurred_at <= watch.end
        and each.seq > watch.start.seq
        and each.received_at <= watch.due_at
    ]


def _withdrew(watch: _Watch, preventions: Sequence[Happened]) -> list[Happened]:
    """What would have prevented the Finding and was stored after it."""
    return [
        each
        for each in preventions
        if each.order > watch.start.order
        and each.occurred_at <= watch.end
        and each.received_at > watch.due_at
    ]


def _was_stale(watch: _Watch, preventions: Sequence[Happened]) -> bool:
    return any(
        each.order > watch.start.order and each.occurred_at > watch.end and each.received_at <= watch.due_at
        for each in preventions
    )


def _holds_back(watch: _Watch, event: Happened, preventions: Sequence[Happened]) -> bool:
    """Whether a watch that began before keeps ``event`` from starting another."""
    if event.occurred_at > watch.end:
        return False
    known = [each for each in preventions if each.seq <= event.seq]
    if _in_time(watch, known):
        return False
    is_judged = watch.due_at < event.received_at
    is_final = _was_stale(watch, preventions)
    return not is_judged or is_final or not _withdrew(watch, known)


def _judged(watch: _Watch, preventions: Sequence[Happened]) -> Said | None:
    if _in_time(watch, preventions):
        return None
    if _was_stale(watch, preventions):
        return _said(watch, "stale", "no_longer_holds")
    if _withdrew(watch, preventions):
        return _said(watch, "withdrawn", None)
    is_ended = any(each.order > watch.start.order and each.occurred_at > watch.end for each in preventions)
    return _said(watch, "ended" if is_ended else "holds", None)


def _said(watch: _Watch, state: str, reason: str | None) -> Said:
    return Said(watch.end, watch.due_at, state, reason, (watch.start.seq,))
