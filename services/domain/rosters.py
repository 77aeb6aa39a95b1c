"""Rosters: who has which turn by a rotation in local time, who took somebody's turn, and who is on leave.

A roster is written down once and says for every day who comes when: named shifts by the wall clock, a cycle
of days, the members in order. It follows the wall clock through every change of it, so that shifts that meet
on paper meet in time: no minute between them is nobody's and none is counted twice. Who is on duty at an
instant is decided in `duty`; nothing here knows a clock or a store.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from services.domain.instants import EARLIEST_YEAR, local, start_of_day, utc_of_local, zone_named

DAY = timedelta(days=1)
_EARLIEST = date(EARLIEST_YEAR, 1, 1)
REST = ""
"""What a day of the cycle says on which its turn is free."""


@dataclass(frozen=True, slots=True)
class NamedShift:
    """One kind of shift by the wall clock. An end at or before the start is on the next day, so that one from
    08:00 to 08:00 is a whole day.
    """

    name: str
    starts: time
    ends: time

    @property
    def is_over_midnight(self) -> bool:
        """Ends on the day after."""
        return self.ends.replace(tzinfo=None) <= self.starts.replace(tzinfo=None)


@dataclass(frozen=True, slots=True)
class Roster:
    """A rotation of one team from ``starts_on`` to ``ends_on``, both included; None: without an end.

    ``cycle`` says for each of its days the name of a shift, or `REST`; after its last day it begins anew. The
    first of ``members`` is at its first day on ``starts_on``, and each of the others is there ``days_apart``
    days after the one before. A team may have several rosters; who has a turn in any of them is on duty.
    """

    id: str
    team_id: str
    name: str
    timezone: str
    shifts: tuple[NamedShift, ...]
    cycle: tuple[str, ...]
    members: tuple[str, ...]
    starts_on: date
    days_apart: int = 1
    ends_on: date | None = None

    @property
    def zone(self) -> ZoneInfo | None:
        """Its wall clock; None where the name is known no more: then nobody has a turn, which is a hole."""
        try:
            return zone_named(self.timezone)
        except ValueError:
            return None

    @property
    def begins_at(self) -> datetime | None:
        """From when on it counts; one from before anybody was born has begun, and stops no alarm."""
        zone = self.zone
        return None if zone is None else _start_of_day(max(self.starts_on, _EARLIEST), zone)

    def turns_on(self, day: date) -> Iterator[tuple[str, NamedShift]]:
        """Who begins which shift on a local day, in the order of the members."""
        if not self.cycle or day < self.starts_on or (self.ends_on is not None and day > self.ends_on):
            return
        named = {shift.name: shift for shift in self.shifts}
        passed = (day - self.starts_on).days
        for place, member in enumerate(self.members):
            shift = named.get(self.cycle[(passed - place * self.days_apart) % len(self.cycle)])
            if shift is not None:
                yield member, shift

    def duties(self, since: datetime, until: datetime) -> Iterator[Duty]:
        """All turns of which some part lies from ``since`` up to ``until``, by the day on which they begin.

        A turn that the wall clock skips whole is none.
        """
        zone = self.zone
        if zone is None:
            return
        day, last = local(since, zone).date() - 2 * DAY, local(until, zone).date()
        while day <= last:
            for member, shift in self.turns_on(day):
                starts_at = _at(day, shift.starts, zone)
                ends_at = _at(day + DAY if shift.is_over_midnight else day, shift.ends, zone)
                if starts_at < ends_at and starts_at < until and ends_at > since:
                    yield Duty(self.team_id, member, starts_at, ends_at, shift.name, self.id, day)
            day += DAY


@dataclass(frozen=True, slots=True)
class Swap:
    """One turn of ``worker_id`` is done by ``instead_id``: that of a roster which begins on ``day``, or a
    single shift. Of several for one turn the newest counts. It says nothing where there is no such turn any
    more.
    """

    id: str
    team_id: str
    worker_id: str
    instead_id: str
    by: str
    made_at: datetime
    roster_id: str | None = None
    day: date | None = None
    shift_id: str | None = None
    reason: str = ""

    @property
    def turn(self) -> tuple[str | None, date | None, str | None, str]:
        """Which turn it is about."""
        return self.roster_id, self.day, self.shift_id, self.worker_id


@dataclass(frozen=True, slots=True)
class Leave:
    """Somebody is not there for the house, from ``starts_at`` up to but not at ``ends_at``, whatever a roster
    says.
    """

    id: str
    worker_id: str
    starts_at: datetime
    ends_at: datetime
    reason: str
    by: str
    made_at: datetime

    def covers(self, at: datetime) -> bool:
        """Whether the instant lies in it."""
        return self.starts_at <= at < self.ends_at


@dataclass(frozen=True, slots=True)
class Duty:
    """One worker's turn for one team, from ``starts_at`` up to but not at ``ends_at``.

    Of a roster it has the shift's ``name``, ``roster_id`` and the local ``day`` on which it begins, else
    ``shift_id``. ``instead_of`` is whose turn it was before a swap.
    """

    team_id: str
    worker_id: str
    starts_at: datetime
    ends_at: datetime
    name: str = ""
    roster_id: str | None = None
    day: date | None = None
    shift_id: str | None = None
    instead_of: str | None = None

    @property
    def turn(self) -> tuple[str | None, date | None, str | None, str]:
        """Which turn it is, as a swap names it."""
        return self.roster_id, self.day, self.shift_id, self.instead_of or self.worker_id

    def covers(self, at: datetime) -> bool:
        """Whether the instant lies in it."""
        return self.starts_at <= at < self.ends_at


# A roster is asked for the same few instants again and again, at each step of each alert.
_at = lru_cache(maxsize=4096)(utc_of_local)
_start_of_day = lru_cache(maxsize=1024)(start_of_day)
