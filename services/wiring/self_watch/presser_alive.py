"""Whether the process that presses the house's own button is alive, seen from another one: by the lease that
it renews. A process that is stopped or gone cannot say so itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from services.domain.ports import Store
from services.domain.runners import RunnerLease
from services.wiring.self_watch.watcher import Sign

ROLE = "self-watch"
LOOK_EVERY_SECONDS = 5.0


class PresserAlive:
    """A room aside, because it reads the store; what it saw is read by the watcher, which never waits.

    A lease is judged by whether it moves: the clocks of other machines may be wrong.
    """

    def __init__(self, store: Store, stopwatch: Callable[[], float]) -> None:
        self._store = store
        self._stopwatch = stopwatch
        self._lease: RunnerLease | None = None
        self._moved_at = stopwatch()
        self._looked_at: float | None = None

    def step(self) -> bool:
        now = self._stopwatch()
        if self._looked_at is None or now - self._looked_at >= LOOK_EVERY_SECONDS:
            with self._store.reading() as uow:
                lease = uow.runners.lease(ROLE)
            self._looked_at = self._stopwatch()
            if lease is None or lease != self._lease:
                self._lease, self._moved_at = lease, self._looked_at
        return False

    def next_due_at(self) -> datetime | None:
        return None

    def signs(self, patience: float) -> Mapping[str, Sign]:
        """What is to be said: nothing while the store cannot be asked, which others say."""
        looked_at = self._looked_at
        if looked_at is None or self._lease is None or looked_at - self._moved_at < patience:
            return {}
        still = self._stopwatch() - self._moved_at
        return {
            "presser": Sign(
                f"No process has pressed the house's own button for {still:.0f} s: the console is gone.",
                at_once=True,
            )
        }
