"""Watching: the thread that looks once a second whether anything is wrong, and lets it be said outside.

It reads ages from memory alone: it asks neither the store nor the broker, takes no lock that a loop may hold,
and so goes on while everything else hangs. What it makes of what it sees the watcher decides.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from datetime import timedelta

from services.domain.ports import Clock
from services.wiring.self_watch.outside import Outside
from services.wiring.self_watch.ping import Pinger
from services.wiring.self_watch.watcher import Patience, Sign, Watcher

EVERY_SECONDS = 1.0

Signs = Callable[[], Mapping[str, Sign]]

log = logging.getLogger("anxin.self-watch")


class Watching:
    """``signs`` are what `/readyz` says already, ``further`` what it says once the watcher does."""

    def __init__(
        self,
        signs: Signs,
        further: Signs,
        patience: Patience,
        outside: Outside,
        pinger: Pinger,
        clock: Clock,
        stopwatch: Callable[[], float],
    ) -> None:
        self.watcher = Watcher(patience)
        self.outside = outside
        self.pinger = pinger
        self._signs = signs
        self._further = further
        self._clock = clock
        self._stopwatch = stopwatch
        self._reasons: list[str] = []
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="anxin-watcher", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, seconds: float) -> bool:
        """End; True if it did within ``seconds``."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout=seconds)
        return not self._thread.is_alive()

    def reasons(self) -> list[str]:
        """What is wrong that only the watcher sees, a sentence each."""
        return list(self._reasons)

    def look(self) -> None:
        """Look once."""
        now = self._stopwatch()
        further = self._further()
        signs = {**self._signs(), **further}
        word = self.watcher.look(now, signs)
        self._reasons = [sign.sentence for name, sign in further.items() if self.watcher.has_said(name)]
        if word is not None:
            self.outside.say(word, self._clock.now() - timedelta(seconds=now - word.began))
        self.outside.step()
        self.pinger.step(is_well=not signs and not self.watcher.is_in_trouble)

    def _work(self) -> None:
        while True:
            try:
                self.look()
            except Exception:
                log.exception("the watcher could not look and looks again")
            if self._stopping.wait(EVERY_SECONDS):
                return
