"""Whom the embedded broker turned away lately, in memory, for a technician who waits for a device and wonders
why it stays silent. It is no record: a restart forgets it, and many at once push each other out.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence

from services.console.parts import TurnedAway
from services.domain.ports import Clock
from services.wiring.broker import TurnedFrom

MOST = 200
"""Some hours of a house in which a few devices keep trying."""
LONGEST_NAME = 64
"""Characters; a device's name has no more, and whoever knocks may say anything."""


class DoorBook:
    """Written in the broker's thread, read in those of requests."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._writing = threading.Lock()
        self._latest: deque[TurnedAway] = deque(maxlen=MOST)

    def write(self, name: str, turned_from: TurnedFrom) -> None:
        """Somebody of that name was not let in, or not onto a topic."""
        if not name:
            return
        entry = TurnedAway(name[:LONGEST_NAME], self._clock.now(), from_topic=turned_from is TurnedFrom.TOPIC)
        with self._writing:
            self._latest.append(entry)

    def read(self) -> Sequence[TurnedAway]:
        """The latest, ascending by time."""
        with self._writing:
            return tuple(self._latest)
