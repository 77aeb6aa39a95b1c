"""The clocks: the only place of the services that reads the machine's time.

Everybody else is handed a Clock, or a stopwatch for how long work takes. The stepped one stands still until
it is moved, for stories and simulated time.
"""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime


class SystemClock:
    """The machine's clock, in UTC."""

    def now(self) -> datetime:
        return datetime.now(UTC)


def stopwatch() -> float:
    """Seconds that only ever grow, for how long something takes; they say nothing about the time of day."""
    return time.perf_counter()


class SteppedClock:
    """A clock that stands where it was put; it moves forward only."""

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("a clock is set to an aware instant")
        self._now = start.astimezone(UTC)
        self._lock = threading.Lock()

    def now(self) -> datetime:
        with self._lock:
            return self._now

    def move_to(self, instant: datetime) -> None:
        with self._lock:
            if instant < self._now:
                raise ValueError(
                    f"time stands at {self._now.isoformat()} and does not go back to {instant.isoformat()}"
                )
            self._now = instant.astimezone(UTC)
