"""The bed: from the reports of its sensors to spells in bed, out of bed, away, or of which nothing is known.

Several sensors are one bed, which is occupied while any of them that is heard says so. A sensor that went
offline, was taken away or said nothing for a day and a half is not heard; its silence never makes an exit.
The order in which reports arrive, repeats and reports that were taken back make no difference.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from services.domain.events import Event

ENTERED, EXITED, VITALS = "bed.entered", "bed.exited", "bed.vitals"
ONLINE, OFFLINE, RETIRED = "device.online", "device.offline", "device.retired"
AWAY, RETURNED = "resident.away", "resident.returned"
RETRACTED = "event.retracted"
BED_KINDS = (ENTERED, EXITED, ONLINE, OFFLINE, RETIRED, AWAY, RETURNED)
"""What the spells are worked out from; vitals, where they were read, keep a sensor heard."""

TURNING_OVER = timedelta(seconds=60)
"""Off the mat for less than this is turning over and no exit (rulebooks/home-beds.yaml, `settle`)."""
RECONNECTED_WITHIN = timedelta(minutes=10)
"""After a shorter time offline a sensor's last report still counts: a radio that blinked missed nobody."""
HEARD_FOR = timedelta(hours=36)
"""How long a report counts of which nothing more is heard: a night, the day after it and the next night's
beginning, for a bed in which somebody lies all day reports its readings at least once a night.
"""


class BedState(StrEnum):
    """Where somebody is, as far as it is known."""

    IN = "in"
    OUT = "out"
    UNKNOWN = "unknown"
    """No sensor is heard, or none said anything yet."""
    AWAY = "away"
    """Recorded as away; what the bed says meanwhile is not about them."""
    AHEAD = "ahead"
    """Has not happened yet."""


@dataclass(frozen=True, slots=True)
class Spell:
    """One state from ``start`` up to but not at ``end``."""

    state: BedState
    start: datetime
    end: datetime

    @property
    def lasts_for(self) -> timedelta:
        return self.end - self.start


def not_retracted(events: Iterable[Event]) -> list[Event]:
    """Each event once that nobody took back, in the order in which it happened; no retraction among them."""
    by_id = {event.id: event for event in events}
    taken_back = {str(each.data.get("event_id")) for each in by_id.values() if each.kind == RETRACTED}
    kept = [each for each in by_id.values() if each.kind != RETRACTED and each.id not in taken_back]
    return sorted(kept, key=lambda event: (event.occurred_at, event.seq))


def spells(events: Iterable[Event], since: datetime, until: datetime, now: datetime) -> tuple[Spell, ...]:
    """The window from ``since`` up to ``until``, covered exactly once, in order.

    ``events`` may reach back before the window; what they say there decides how it begins.
    """
    if until <= since:
        raise ValueError("a window ends after it begins")
    kept = not_retracted(events)
    reports: dict[str, list[Event]] = defaultdict(list)
    for event in kept:
        if event.device_id is not None:
            reports[event.device_id].append(event)
    end = min(max(now, since), until)
    sensors = [_sensor(each, end) for each in reports.values()]
    stays = [each for each in kept if each.kind in {AWAY, RETURNED}]
    away = _Course(tuple(e.occurred_at for e in stays), tuple(e.kind == AWAY for e in stays))
    turns = {at for course in (*sensors, away) for at in course.at} | {since, end, until}
    within = sorted(at for at in turns if since <= at <= until)

    def state_at(at: datetime) -> BedState:
        if at >= end:
            return BedState.AHEAD
        if away.when(at):
            return BedState.AWAY
        said = {course.when(at) for course in sensors} - {None}
        if not said:
            return BedState.UNKNOWN
        return BedState.IN if True in said else BedState.OUT

    return _settled(_joined([Spell(state_at(start), start, stop) for start, stop in pairwise(within)]))


def part_of(pieces: Iterable[Spell], since: datetime, until: datetime) -> tuple[Spell, ...]:
    """The part of a covered window that lies between two instants."""
    return tuple(
        Spell(each.state, max(each.start, since), min(each.end, until))
        for each in pieces
        if each.start < until and each.end > since
    )


@dataclass(frozen=True, slots=True)
class _Course:
    """What one source said: from each instant on, until the next; None is nothing."""

    at: tuple[datetime, ...]
    said: tuple[bool | None, ...]

    def when(self, instant: datetime) -> bool | None:
        place = bisect_right(self.at, instant)
        return self.said[place - 1] if place else None


def _sensor(reports: Sequence[Event], end: datetime) -> _Course:
    """From when on a sensor says that the bed is occupied, empty, or nothing."""
    changes: list[tuple[datetime, bool | None]] = []
    state: bool | None = None
    before: bool | None = None
    """What it said last before it went offline."""
    offline_at: datetime | None = None
    heard_at: datetime | None = None
    for report in reports:
        at = report.occurred_at
        if heard_at is not None and at - heard_at > HEARD_FOR:
            changes.append((heard_at + HEARD_FOR, None))
            state = before = None
        if report.kind in {ENTERED, EXITED}:
            state, offline_at = report.kind == ENTERED, None
        elif report.kind == OFFLINE and offline_at is None:
            state, before, offline_at = None, state, at
        elif report.kind == RETIRED:
            state = before = None
        elif report.kind == ONLINE and offline_at is not None:
            state = before if at - offline_at <= RECONNECTED_WITHIN else None
            offline_at = None
        changes.append((at, state))
        heard_at = at
    if heard_at is not None and end - heard_at > HEARD_FOR:
        changes.append((heard_at + HEARD_FOR, None))
    return _Course(tuple(at for at, _ in changes), tuple(said for _, said in changes))


def _joined(pieces: Iterable[Spell]) -> list[Spell]:
    joined: list[Spell] = []
    for piece in pieces:
        if joined and joined[-1].state is piece.state:
            joined[-1] = Spell(piece.state, joined[-1].start, piece.end)
        else:
            joined.append(piece)
    return joined


def _settled(pieces: Sequence[Spell]) -> tuple[Spell, ...]:
    """Without the moments off the mat that are no exit."""
    turned = [
        Spell(BedState.IN, each.start, each.end)
        if each.state is BedState.OUT
        and each.lasts_for < TURNING_OVER
        and 0 < place < len(pieces) - 1
        and pieces[place - 1].state is pieces[place + 1].state is BedState.IN
        else each
        for place, each in enumerate(pieces)
    ]
    return tuple(_joined(turned))


def exits(pieces: Sequence[Spell]) -> tuple[Spell, ...]:
    """The spells out of bed that began with getting up within the window."""
    return tuple(
        after
        for before, after in pairwise(pieces)
        if before.state is BedState.IN and after.state is BedState.OUT
    )


def total(pieces: Iterable[Spell], state: BedState) -> timedelta:
    """How long a state lasted in all."""
    return sum((each.lasts_for for each in pieces if each.state is state), timedelta())
