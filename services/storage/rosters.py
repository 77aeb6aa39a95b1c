"""Who is on duty when, as it is stored: rosters, swaps and leaves, and what is said about their holes.

It hands out what matters in a stretch of time and decides nothing: who is on duty says the plan itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, func, insert, or_, select

from services.domain.duty import DutyPlan
from services.domain.posts import StandingHole
from services.domain.rosters import Leave, Roster, Swap
from services.storage.prepared import fetch, fetch_one
from services.storage.registers import SHIFT
from services.storage.rows import Shape
from services.storage.tables import leaves, roster_looks, rosters, shifts, standing_holes, swaps

ROSTER = Shape(Roster, rosters)
SWAP = Shape(Swap, swaps)
LEAVE = Shape(Leave, leaves)
_HOLE = Shape(StandingHole, standing_holes)

# The shifts of a stretch and one of each team: a plan asks no more than that a team keeps shifts at all.
_SHIFTS = (
    select(*SHIFT.columns)
    .where(
        or_(
            (shifts.c.starts_at < bindparam("until")) & (shifts.c.ends_at > bindparam("since")),
            shifts.c.number.in_(select(func.min(shifts.c.number)).group_by(shifts.c.team_id)),
        )
    )
    .order_by(shifts.c.number)
)
_ROSTERS = select(*ROSTER.columns).order_by(rosters.c.number)
_SWAPS = (
    select(*SWAP.columns)
    .where(or_(swaps.c.day.is_(None), swaps.c.day.between(bindparam("first"), bindparam("last"))))
    .order_by(swaps.c.number)
)
_LEAVES = (
    select(*LEAVE.columns)
    .where(leaves.c.ends_at > bindparam("since"), leaves.c.starts_at < bindparam("until"))
    .order_by(leaves.c.number)
)
_DUE = select(roster_looks.c.due_at)
_STANDING = select(*_HOLE.columns).order_by(standing_holes.c.number)
_FAR = timedelta(days=3)
"""A turn of two local days, in any zone of the world."""


def plan_of(connection: Connection, since: datetime, until: datetime) -> DutyPlan:
    """The plan of a stretch; of an instant, too, if both ends are the same."""
    until = max(until, since + timedelta(microseconds=1))
    days = {"first": (since - _FAR).date(), "last": (until + _FAR).date()}
    span = {"since": since, "until": until}
    return DutyPlan(
        ROSTER.things(fetch(connection, _ROSTERS)),
        SHIFT.things(fetch(connection, _SHIFTS, span)),
        SWAP.things(fetch(connection, _SWAPS, days)),
        LEAVE.things(fetch(connection, _LEAVES, span)),
    )


class SqlRosterLooks:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def next_due_at(self) -> datetime | None:
        row = fetch_one(self._connection, _DUE)
        return None if row is None else row[0]

    def set_due_at(self, at: datetime) -> None:
        self._connection.execute(delete(roster_looks))
        self._connection.execute(insert(roster_looks), {"number": 1, "due_at": at})

    def standing(self) -> list[StandingHole]:
        return _HOLE.things(fetch(self._connection, _STANDING))

    def set_standing(self, holes: Iterable[StandingHole]) -> None:
        self._connection.execute(delete(standing_holes))
        rows = [_HOLE.named(hole, number=number) for number, hole in enumerate(holes, 1)]
        if rows:
            self._connection.execute(insert(standing_holes), rows)
