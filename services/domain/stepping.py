"""Stepping: moving a standing clock forward over the rooms, meeting every deadline on the way in order.

Stories and simulated time use this one function. It decides only the order of work, never what work is done:
each room does at an instant just what it would have done had the clock come there by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol


class Room(Protocol):
    """A loop of the house that can be asked to do what is to be done now."""

    def step(self) -> bool:
        """Do some of the work that is due now; True if there may be more."""
        ...

    def next_due_at(self) -> datetime | None:
        """The nearest deadline that is still to come, None if there is none."""
        ...


class SteppedClock(Protocol):
    """A clock that stands still until it is moved; never backwards."""

    def now(self) -> datetime:
        """The instant at which it stands."""
        ...

    def move_to(self, instant: datetime) -> None:
        """Stand at ``instant``."""
        ...


class DoesNotSettle(RuntimeError):
    """The rooms keep finding work at one instant: a loop in the house, which is a fault and never waited
    for.
    """


MOST_ROUNDS = 1_000_000
"""Steps at one instant after which `settle` gives up; far above any backlog that fits a test or a simulated
month.
"""


def settle(rooms: Sequence[Room], most_rounds: int = MOST_ROUNDS) -> None:
    """Let every room work until none has anything left to do at this instant."""
    for _ in range(most_rounds):
        worked = [room.step() for room in rooms]
        if not any(worked):
            return
    raise DoesNotSettle(f"the rooms found work at one instant {most_rounds} times over")


def next_due(rooms: Sequence[Room]) -> datetime | None:
    """The nearest deadline of any room."""
    due = [due_at for room in rooms if (due_at := room.next_due_at()) is not None]
    return min(due, default=None)


def advance(clock: SteppedClock, rooms: Sequence[Room], to: datetime) -> None:
    """Move the clock to ``to``, stopping at each deadline on the way and settling there."""
    settle(rooms)
    while True:
        due_at = next_due(rooms)
        if due_at is None or due_at > to:
            break
        if due_at <= clock.now():
            raise DoesNotSettle(
                f"a deadline of {due_at.isoformat()} stays unmet at {clock.now().isoformat()}"
            )
        clock.move_to(due_at)
        settle(rooms)
    clock.move_to(to)
    settle(rooms)
