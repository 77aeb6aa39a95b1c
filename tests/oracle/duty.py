"""Who is on duty, by brute force: a wall clock that is read every minute, and a hand that only goes forward.

Written apart from `services.domain.duty`. A shift begins in the first minute at which the wall clock has
shown its start and is over in the first at which it has shown its end. A wall clock that is put back shows
nothing new until it is past where it was; one that is put forward has then shown all that it left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from services.domain.people import Shift
from services.domain.rosters import Leave, Roster, Swap

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Written:
    """What people wrote down for one team."""

    rosters: tuple[Roster, ...] = ()
    shifts: tuple[Shift, ...] = ()
    swaps: tuple[Swap, ...] = ()
    leaves: tuple[Leave, ...] = ()


def hands(since: datetime, until: datetime, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    """Each minute from ``since`` up to ``until`` with the farthest that the wall clock has shown by then."""
    farthest = datetime.min  # noqa: DTZ901 - a wall clock has no zone
    at = since - timedelta(days=1)  # long enough before for a clock that was just put back
    while at < until:
        farthest = max(farthest, at.astimezone(zone).replace(tzinfo=None))
        if at >= since:
            yield at, farthest
        at += MINUTE


def on_duty_by_the_minute(written: Written, since: datetime, until: datetime) -> list[frozenset[str]]:
    """Who has a turn and is not on leave, in each minute."""
    minutes = int((until - since) / MINUTE)
    present: list[set[str]] = [set() for _ in range(minutes)]
    for roster in written.rosters:
        for place, (_, hand) in enumerate(hands(since, until, ZoneInfo(roster.timezone))):
            present[place] |= set(_on_paper(roster, written.swaps, hand))
    for place in range(minutes):
        at = since + place * MINUTE
        for shift in written.shifts:
            if shift.starts_at <= at < shift.ends_at:
                swapped = [s.instead_id for s in written.swaps if s.shift_id == shift.id]
                present[place].add(swapped[-1] if swapped else shift.worker_id)
        for leave in written.leaves:
            if leave.starts_at <= at < leave.ends_at:
                present[place].discard(leave.worker_id)
    return [frozenset(each) for each in present]


def _on_paper(roster: Roster, swaps: tuple[Swap, ...], hand: datetime) -> Iterator[str]:
    for ago in range(3):
        day = hand.date() - timedelta(days=ago)
        for worker, name in _row(roster, day).items():
            for shift in roster.shifts:
                if shift.name != name:
                    continue
                starts = datetime.combine(day, shift.starts)
                ends = datetime.combine(day, shift.ends)
                while ends <= starts:
                    ends += timedelta(days=1)
                if starts <= hand < ends:
                    mine = [
                        swap.instead_id
                        for swap in swaps
                        if (swap.roster_id, swap.day, swap.worker_id) == (roster.id, day, worker)
                    ]
                    yield mine[-1] if mine else worker


def _row(roster: Roster, day: date) -> dict[str, str]:
    """The day's line of the roster on the wall: counted forward from its first day, one day after another."""
    if day < roster.starts_on or (roster.ends_on is not None and day > roster.ends_on):
        return {}
    row = {}
    for place, member in enumerate(roster.members):
        column = -place * roster.days_apart
        for _ in range((day - roster.starts_on).days):
            column += 1
        row[member] = roster.cycle[column % len(roster.cycle)]
    return row


def utc(year: int, month: int, day: int, hour: int = 0) -> datetime:
    """An instant."""
    return datetime(year, month, day, hour, tzinfo=UTC)
