"""Simulated time: a stepped clock moved over the rooms, with everything that was published before taken in
first.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import datetime

from services.console.parts import Stepped
from services.domain.ports import Store
from services.domain.stepping import Room, advance
from services.wiring.clock import SteppedClock


class Together:
    """Several rooms as one, so that one beat lets them work in turn and in the same order each time."""

    def __init__(self, rooms: Sequence[Room]) -> None:
        self._rooms = tuple(rooms)
        self._turn = threading.RLock()

    def step(self) -> bool:
        with self._turn:
            return any([room.step() for room in self._rooms])  # noqa: C419 - every room has its turn

    def next_due_at(self) -> datetime | None:
        with self._turn:
            due = [due_at for room in self._rooms if (due_at := room.next_due_at()) is not None]
            return min(due, default=None)

    def advance(self, clock: SteppedClock, to: datetime) -> None:
        """Move the clock to ``to`` with nobody else at work meanwhile; who came too late finds it done."""
        with self._turn:
            advance(clock, self._rooms, max(to, clock.now()))


class SimulatedTime:
    """The console's stepper: `POST /api/v1/clock`."""

    def __init__(
        self, clock: SteppedClock, rooms: Together, store: Store, catch_up: Callable[[], None]
    ) -> None:
        self._clock = clock
        self._rooms = rooms
        self._store = store
        self._catch_up = catch_up

    def advance(self, to: datetime) -> Stepped:
        before = self._counts()
        self._catch_up()
        self._rooms.advance(self._clock, to)
        after = self._counts()
        return Stepped(self._clock.now(), after[0] - before[0], after[1] - before[1])

    def _counts(self) -> tuple[int, int]:
        with self._store.reading() as uow:
            return uow.findings.last_number(), uow.notices.last_number()
