"""The simulator's own clock: the wall, for the living demo, and waiting for something with an end to it.

It is the only place of the simulator that reads a wall clock. A scenario never asks it what time it is: its
time is the service's stepped one.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Event

_LOOK_AGAIN = 0.02
"""Seconds between two looks at something that gives no sign when it changes."""


SECOND = 1_000_000_000
"""Nanoseconds, the unit of stamps."""


def stamp() -> int:
    """Nanoseconds of CLOCK_MONOTONIC, the same for every process of this machine."""
    return time.monotonic_ns()


def now() -> datetime:
    return datetime.now(UTC)


def until(question: Callable[[], bool], within: timedelta) -> bool:
    """Ask until the answer is yes, for at most ``within``; tells whether it ever was."""
    give_up = time.monotonic() + within.total_seconds()
    pause = Event()
    while not question():
        if time.monotonic() >= give_up:
            return False
        pause.wait(_LOOK_AGAIN)
    return True


class Pace:
    """Lets the time of a story go by ``speed`` times as fast as that of the wall, from the first look on;
    never faster, and slower where the work takes longer.
    """

    def __init__(self, starts_at: datetime, speed: float) -> None:
        self._since, self._speed = starts_at, speed
        self._began: float | None = None

    def wait_for(self, at: datetime) -> None:
        """Wait until the story may be ``at``."""
        if self._began is None:
            self._began = time.monotonic()
        due = self._began + (at - self._since).total_seconds() / self._speed
        Event().wait(max(0.0, due - time.monotonic()))
