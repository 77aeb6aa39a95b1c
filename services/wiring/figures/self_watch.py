"""What the watch of the house over itself shows. It is counted in memory: it must show while the store is
away.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from prometheus_client import Histogram
from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from services.domain.self_watch import OwnPress, PressState
from services.notify.own_presses import Sight
from services.wiring.figures.families import counters, gauge
from services.wiring.self_watch.watching import Watching

TRIP_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30)
"""Seconds: from what a press takes on a quiet machine to the time in which it must be back."""


class SelfWatchFigures(Collector):
    """The house's own presses, the words outside and the pings of one process."""

    def __init__(self, sight: Sight | None, watching: Watching, stopwatch: Callable[[], float]) -> None:
        """Without ``sight`` this process never presses."""
        self._sight = sight
        self._watching = watching
        self._stopwatch = stopwatch
        self._presses: Counter[tuple[str, ...]] = Counter()
        self._trip = Histogram(
            "anxin_self_watch_round_trip",
            "From a press of the house's own to the word of the loop-back.",
            unit="seconds",
            buckets=TRIP_BUCKETS,
            registry=None,
        )

    def ended(self, press: OwnPress) -> None:
        """A press came back, or did not."""
        self._presses[press.state.value,] += 1
        if press.state is PressState.BACK and press.took is not None:
            self._trip.observe(max(press.took.total_seconds(), 0.0))

    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        sight, watching = self._sight, self._watching
        yield gauge(
            "anxin_watch_trouble",
            "1 while the house says that it is not well.",
            watching.watcher.is_in_trouble,
        )
        yield gauge(
            "anxin_watch_unsaid",
            "Addresses outside that have not taken the newest word.",
            watching.outside.unsaid,
        )
        yield counters(
            "anxin_watch_messages",
            "Messages about the house itself, by how the send ended.",
            ("channel", "result"),
            {(kind, result): count for (kind, result), count in list(watching.outside.sent.items())},
        )
        yield counters(
            "anxin_watch_pings",
            "Calls to the outside monitor.",
            ("result",),
            {(result,): count for result, count in list(watching.pinger.made.items())},
        )
        if sight is None or not sight.is_watching:
            return
        yield counters(
            "anxin_self_watch_presses", "Presses of the house's own that ended.", ("result",), self._presses
        )
        yield gauge(
            "anxin_self_watch_missed_in_a_row", "Those of the last that did not come back.", sight.missed
        )
        yield gauge(
            "anxin_self_watch_last_back_seconds",
            "Since a press of the house's own came back, or since the start.",
            self._stopwatch() - sight.well_at,
        )
        yield from self._trip.collect()
