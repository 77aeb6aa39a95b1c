"""What ingest shows: what became of messages, which events were stored, what waits at the door."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Protocol

from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from services.domain.ports import UnitOfWork
from services.domain.ports.figures import Waiting
from services.ingest.messages import Lane
from services.ingest.run import IngestLoop
from services.wiring.figures.families import counters, gauge

OUTCOMES = frozenset({"stored", "duplicate", "quarantined", "ignored", "nothing_said", "stuck"})
"""What can become of a message; what else the loop counts is no outcome."""


class Door(Protocol):
    """What is seen of the inbox."""

    @property
    def is_connected(self) -> bool:
        """Every session at the broker is up."""
        ...

    def waiting_in(self, lane: Lane) -> tuple[int, datetime | None]:
        """How many messages wait in a lane, and when the first of them was received."""
        ...


class IngestFigures(Collector):
    """Reads the loop's own counters."""

    def __init__(self, loop: IngestLoop, inbox: Door) -> None:
        self._loop = loop
        self._inbox = inbox

    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        counts = dict(list(self._loop.counts.items()))
        outcomes: dict[tuple[str, ...], float] = {}
        for each, count in counts.items():
            outcome, _, reason = each.partition(":")
            if outcome in OUTCOMES:
                outcomes[outcome, reason] = count
        yield counters("anxin_ingest_messages", "What became of messages.", ("outcome", "reason"), outcomes)
        yield counters(
            "anxin_ingest_events",
            "Events that devices brought and that were stored.",
            ("kind",),
            {(kind,): count for kind, count in list(self._loop.kinds.items())},
        )
        yield counters(
            "anxin_ingest_unknown_presses",
            "Presses of unknown origin that the duty desk was told of.",
            (),
            {(): counts.get("press_of_unknown_origin", 0)},
        )
        yield counters(
            "anxin_ingest_receipts_lost",
            "Batches whose receipts did not go out; the devices send again.",
            (),
            {(): counts.get("receipts_lost", 0)},
        )
        is_connected = self._inbox.is_connected
        yield gauge("anxin_broker_connected", "1 if every session at the broker is up.", is_connected)


def ingest_lag(inbox: Door, _uow: UnitOfWork, _now: datetime) -> Mapping[str, Waiting]:
    """What waits in the lanes, not stored yet."""
    return {lane.value: Waiting(*inbox.waiting_in(lane)) for lane in Lane}
