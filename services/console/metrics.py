"""Metrics: how many requests were answered how, and what the house holds now, for Prometheus."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from services.console.parts import Console
from services.domain.ports import StoreUnavailable


class Requests:
    """Counts answers by method, route and status; the route as it is written in the table of rights."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._answered = Counter(
            "anxin_http_requests",
            "Answered requests.",
            ("method", "route", "status"),
            registry=registry,
        )

    def count(self, method: str, route: str, status: int) -> None:
        self._answered.labels(method, route, str(status)).inc()


class Holdings(Collector):
    """Reads at each scrape what is stored; nothing of it while the store cannot be read."""

    def __init__(self, parts: Console) -> None:
        self._parts = parts

    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        try:
            with self._parts.store.reading() as uow:
                last_seq, last_change = uow.events.last_seq(), uow.alerts.last_change()
                next_due_at = uow.alerts.next_due_at()
        except StoreUnavailable:
            yield GaugeMetricFamily("anxin_store_readable", "1 if the store can be read.", 0)
            return
        yield GaugeMetricFamily("anxin_store_readable", "1 if the store can be read.", 1)
        yield GaugeMetricFamily("anxin_events_last_seq", "The number of the newest event.", last_seq)
        yield GaugeMetricFamily("anxin_alerts_last_change", "The number of the newest move.", last_change)
        overdue = (self._parts.clock.now() - next_due_at).total_seconds() if next_due_at else 0.0
        yield GaugeMetricFamily(
            "anxin_alerts_overdue_seconds",
            "How long the nearest deadline of all alerts has been overdue.",
            max(overdue, 0.0),
        )
