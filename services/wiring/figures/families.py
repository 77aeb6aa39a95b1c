"""How figures are written down: families of counters and gauges from plain numbers, and the collectors that
read the store.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from services.domain.ports import Clock, Store, StoreUnavailable, UnitOfWork

Labelled = Mapping[tuple[str, ...], float]
"""A number for each combination of label values, in the order of the label names."""

TURN_SECONDS = 2.0
"""How long one scrape waits for another; then it goes without what the store knows."""


def counters(name: str, text: str, labels: tuple[str, ...], counts: Labelled) -> Metric:
    """A counter a combination of labels; ``name`` without the `_total` that is added."""
    family = CounterMetricFamily(name, text, labels=labels)
    for values, count in sorted(counts.items()):
        family.add_metric(values, count)
    return family


def gauges(name: str, text: str, labels: tuple[str, ...], numbers: Labelled) -> Metric:
    """A gauge a combination of labels."""
    family = GaugeMetricFamily(name, text, labels=labels)
    for values, number in sorted(numbers.items()):
        family.add_metric(values, number)
    return family


def gauge(name: str, text: str, number: float) -> Metric:
    """One number."""
    return GaugeMetricFamily(name, text, number)


def seconds_since(at: datetime | None, now: datetime) -> float:
    """How long ago; 0 where there is nothing, and for what lies ahead."""
    return 0.0 if at is None else max((now - at).total_seconds(), 0.0)


class StoreFigures(Collector):
    """A collector that reads the store at each scrape, one scrape at a time.

    While the store does not answer it shows what it has counted so far and leaves the rest out: a number that
    nobody knows is not 0.
    """

    def __init__(self, store: Store, clock: Clock, answers: Callable[[], bool]) -> None:
        self.clock = clock
        self._store = store
        self._answers = answers
        self._turn = threading.Lock()

    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        now_known = self._look() if self._answers() else []
        yield from self.counted()
        yield from now_known

    def read(self, uow: UnitOfWork, now: datetime) -> list[Metric]:
        """What the store knows now; counts on what `counted` shows."""
        raise NotImplementedError

    def counted(self) -> list[Metric]:
        """What was counted so far."""
        return []

    def _look(self) -> list[Metric]:
        if not self._turn.acquire(timeout=TURN_SECONDS):
            return []
        try:
            with self._store.reading() as uow:
                return self.read(uow, self.clock.now())
        except StoreUnavailable:
            return []  # said by anxin_store_readable
        finally:
            self._turn.release()
