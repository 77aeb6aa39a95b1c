"""Pulse: whether a loop works, fails or hangs, and how long its steps take.

It is seen from outside the loop's thread, so that a step that never comes back shows. It changes nothing
about a room: what a step answers or raises goes on to whoever asked for it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from prometheus_client import Histogram

from services.domain.stepping import Room

STALLED_SECONDS = 15.0
"""A loop steps at least once a second. A step that waits for the store gives up after 5 s; three times that
without the end of any step means that it hangs, and so does what waits behind it.
"""
STEP_BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

Stopwatch = Callable[[], float]
"""Seconds that only ever grow."""


class Pulse:
    """What is seen of one loop."""

    def __init__(self, name: str, stopwatch: Stopwatch) -> None:
        self.name = name
        self.failures = 0
        self.fault: str | None = None
        """The kind of error of the last step, None if it went well."""
        self.seconds = Histogram(
            "anxin_loop_step", "of one loop", unit="seconds", buckets=STEP_BUCKETS, registry=None
        )
        self._stopwatch = stopwatch
        self._began_at: float | None = None
        self._ended_at = stopwatch()

    @property
    def still_for(self) -> float:
        """Seconds since a step of it ended."""
        return self._stopwatch() - self._ended_at

    def reasons(self) -> list[str]:
        """What is wrong with it now, a sentence each."""
        still_for, began_at = self.still_for, self._began_at
        if still_for > STALLED_SECONDS:
            hangs = "it hangs in a step" if began_at is not None else "it waits for its turn"
            stalled = f"The {self.name} loop has finished nothing for {still_for:.0f} s: {hangs}."
            return [f"{stalled} Look at the store first; a restart takes up what waits."]
        if self.fault is not None:
            return [f"The {self.name} loop fails ({self.fault}) and is tried again; the log says where."]
        return []

    def watched(self, room: Room) -> Room:
        """The same room, seen."""
        return _Watched(room, self)

    def step(self, room: Room) -> bool:
        began_at = self._began_at = self._stopwatch()
        try:
            worked = room.step()
        except Exception as error:
            self.failures += 1
            self.fault = type(error).__name__
            raise
        else:
            self.fault = None
        finally:
            self._began_at, self._ended_at = None, self._stopwatch()
        if worked:
            self.seconds.observe(self._ended_at - began_at)
        return worked


class _Watched:
    def __init__(self, room: Room, pulse: Pulse) -> None:
        self._room = room
        self._pulse = pulse

    def step(self) -> bool:
        return self._pulse.step(self._room)

    def next_due_at(self) -> datetime | None:
        return self._room.next_due_at()
