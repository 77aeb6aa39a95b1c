"""What one event costs in CPU, by how many homes are registered: the readings go round all homes, so in a
large community each event finds other state than the one before.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bench import community
from bench.arithmetic import median
from bench.places import Place
from bench.running import Running, SinkProcess
from bench.service import Service
from bench.throughput import measure as publish_and_count
from bench.traffic import Mix


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU seconds (user and system) of service and broker for one event."""

    homes: int
    seconds: float


def of_few(place: Place, sink: SinkProcess, folder: Path, homes: int, events: int, repeats: int) -> Cost:
    """In a small community of its own."""
    community.settle(community.Community(homes, community.BED_ALONE), place, sink.address)
    with Service(place) as service:
        return of(Running(service, sink, folder, homes), events, repeats)


def of(running: Running, events: int, repeats: int) -> Cost:
    """In a community that is there; once before to warm up."""
    taken = []
    for _ in range(1 + repeats):
        running.wait_until_idle()
        found = publish_and_count(running, Mix.TELEMETRY, events)
        taken.append((found.service_cpu + found.broker_cpu) / events)
    return Cost(running.homes, median(taken[1:]))
