"""Telling without the store, put together: the watch over unstored alarms, the snapshot, and the threads that
both work in.

Two threads, because the one that reads the store may hang with it, and the one that tells people must not. It
needs channels, policies, rulebooks and a store to read from, and none of the rooms.
"""

from __future__ import annotations

from concurrent.futures import Executor

from services.domain.ports import Clock, RulebookTexts, Store
from services.escalation.gathering import Gathering
from services.ingest.unstored import Unstored, Watch
from services.notify.channels.channel import Channels
from services.notify.snapshot import Keeper
from services.notify.without_store import LateResults, WithoutStore
from services.rules.alarms import Alarms
from services.wiring.beats import Beat, Beats
from services.wiring.senders import Senders


class WithoutStoreParts:
    """What of it the process needs: ``told`` for ingest, `start` and `stop`, and what is wrong."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        unstored: Unstored,
        gathering: Gathering,
        channels: Channels,
        rulebooks: RulebookTexts,
        pool: Executor | None = None,
    ) -> None:
        zone = gathering.house.timezone
        self._is_started = False
        self._keeper = Keeper(store, clock)
        alarms = Alarms(rulebooks, zone)
        self.told = WithoutStore(clock, self._keeper, alarms, gathering, channels, pool or Senders())
        self._watch = Watch(unstored, clock, zone, lambda: self._keeper.snapshot, self.told)
        self._beats = Beats(
            [
                Beat({"unstored": self._watch, "without-store": self.told}),
                Beat({"snapshot": self._keeper, "late-results": LateResults(self.told, store)}),
            ]
        )

    def start(self) -> None:
        """Begin to watch and to keep the snapshot."""
        self._is_started = True
        self._beats.start()

    def stop(self, seconds: float) -> list[str]:
        """End both threads; the names of those that did not end in time."""
        return self._beats.stop(seconds)

    def faults(self) -> list[str]:
        """What is wrong now, a sentence each; nothing before the start, which never comes where time is
        stepped.
        """
        if not self._is_started:
            return []
        return [*self._watch.faults(), *self._keeper.faults(), *self._beats.faults()]
