"""Turns: one holder at a time, in the order of asking. Whoever holds a lock of the database hands it to
whoever happens to be awake; here the press that asked first writes first, and nobody waits longer than they
said.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta


class TurnNeverCame(Exception):
    """The one who had it did not give it back in time."""


class Turns:
    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._holder: int | None = None
        self._waiting: deque[_Waiter] = deque()

    @contextmanager
    def turn(self, patience: timedelta) -> Iterator[None]:
        """Hold the turn for the length of the block; `TurnNeverCame` after ``patience``."""
        self._take(patience)
        try:
            yield
        finally:
            self._pass_on()

    def _take(self, patience: timedelta) -> None:
        me = threading.get_ident()
        with self._guard:
            if self._holder is None:
                self._holder = me
                return
            if self._holder == me:
                raise RuntimeError("a thread that writes may not begin to write a second time")
            waiter = _Waiter(me)
            self._waiting.append(waiter)
        if waiter.called.wait(patience.total_seconds()):
            return
        with self._guard:
            # Called between the end of the wait and now: the turn is ours after all.
            if waiter not in self._waiting:
                return
            self._waiting.remove(waiter)
        raise TurnNeverCame

    def _pass_on(self) -> None:
        with self._guard:
            if self._waiting:
                waiter = self._waiting.popleft()
                self._holder = waiter.thread
                waiter.called.set()
            else:
                self._holder = None


class _Waiter:
    def __init__(self, thread: int) -> None:
        self.thread = thread
        self.called = threading.Event()
