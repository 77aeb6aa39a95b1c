"""Replied: how many replies came in and what became of each, for Prometheus."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter


class Replied:
    """Counts replies by their result; those of unknown senders too, and never by whose they are."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._counter = Counter(
            "anxin_replies",
            "Replies that messengers brought, by what became of them.",
            ("result",),
            registry=registry,
        )

    def count(self, result: str) -> None:
        self._counter.labels(result).inc()
