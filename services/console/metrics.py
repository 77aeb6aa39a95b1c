"""Metrics: how many requests were answered how, for Prometheus."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter


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
