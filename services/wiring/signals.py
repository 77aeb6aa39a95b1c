"""Signals: waking who waits for new rows within one process. A lost wake is harmless, the beat each second
is the truth.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable

from services.domain.ports import Topic


class LocalSignals:
    """Calls the wakers of a topic, in the waking thread; wakers only set a flag."""

    def __init__(self) -> None:
        self._wakers: dict[Topic, list[Callable[[], None]]] = defaultdict(list)
        self._changed = threading.Condition()
        self._turns: dict[Topic, int] = defaultdict(int)

    def on(self, topic: Topic, waker: Callable[[], None]) -> None:
        """Call ``waker`` at each wake of ``topic``."""
        self._wakers[topic].append(waker)

    def wake(self, topic: Topic) -> None:
        for waker in self._wakers[topic]:
            waker()
        with self._changed:
            self._turns[topic] += 1
            self._changed.notify_all()

    def wait(self, topic: Topic, seconds: float) -> bool:
        """Wait until ``topic`` is woken, at most ``seconds``; True if it was."""
        with self._changed:
            before = self._turns[topic]
            return self._changed.wait_for(lambda: self._turns[topic] != before, timeout=seconds)
