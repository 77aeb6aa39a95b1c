"""The bench's own clock: stamps that all processes of one machine share, and waiting with an end to it.

It is the only place of the bench that reads time.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Event

SECOND = 1_000_000_000
MILLISECOND = 1_000_000
"""Nanoseconds, the unit of stamps."""


def stamp() -> int:
    """Nanoseconds of CLOCK_MONOTONIC, the same for every process of this machine."""
    return time.monotonic_ns()


def seconds_since(start: int) -> float:
    return (time.monotonic_ns() - start) / SECOND


def now() -> datetime:
    return datetime.now(UTC)


def until(question: Callable[[], bool], seconds: float, look_every: float = 0.05) -> bool:
    """Ask until the answer is yes, for at most so many seconds; tells whether it ever was."""
    give_up = time.monotonic() + seconds
    pause = Event()
    while not question():
        if time.monotonic() >= give_up:
            return False
        pause.wait(look_every)
    return True
