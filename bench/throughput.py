"""Durable events a second: published as fast as the broker acknowledges, timed from the first publish to the
last row committed, and every id found in the database exactly once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from bench import clock
from bench.running import Incomplete, Published, Running, published, publisher
from bench.traffic import Job, Mix, ids
from services.wiring.broker import EmbeddedBroker

PATIENCE = 300.0
"""Seconds for one measurement."""


@dataclass(frozen=True, slots=True)
class Throughput:
    """Of one measurement. ``stored_in`` seconds until all rows were committed, ``ruled_in`` until the rules
    had taken them in as well; ``…_cpu`` is CPU seconds in all.
    """

    events: int
    stored_in: float
    ruled_in: float
    service_cpu: float
    broker_cpu: float
    lost: int
    doubled: int

    @property
    def per_second(self) -> float:
        return self.events / self.stored_in

    @property
    def ruled_per_second(self) -> float:
        return self.events / self.ruled_in


def measure(running: Running, mix: Mix, count: int) -> Throughput:
    counted, service = running.service.counted, running.service
    job = Job(service.mqtt_port, running.new_run(mix.value), running.homes, count, mix, seconds=PATIENCE)
    before = counted.newest()
    cpu = service.cpu()
    with publisher(job, running.folder) as child:
        said = published(child, job)
        stored_at = _when(lambda: counted.newest() - before >= count)
        ruled_at = _when(service.is_idle)
    spent = service.cpu() - cpu
    lost, doubled = lost_and_doubled(ids(job), counted.own_ids_after(before))
    return Throughput(
        events=count,
        stored_in=(stored_at - said.start) / clock.SECOND,
        ruled_in=(ruled_at - said.start) / clock.SECOND,
        service_cpu=spent.service,
        broker_cpu=spent.broker,
        lost=lost,
        doubled=doubled,
    )


def lost_and_doubled(sent: set[str], stored: Iterable[str]) -> tuple[int, int]:
    """Of the ids that were sent, how many are stored nowhere, and how many rows there are too many."""
    found = Counter(stored)
    return len(sent - found.keys()), found.total() - len(sent & found.keys())


def publisher_alone(folder: Path, mix: Mix, count: int, homes: int) -> Published:
    """What the publisher can do against a broker to which nobody subscribes."""
    broker = EmbeddedBroker(folder / "lonely-broker", open_mqtt=True)
    broker.start()
    try:
        job = Job(int(broker.url.rpartition(":")[2]), "alone", homes, count, mix, seconds=PATIENCE)
        with publisher(job, folder) as child:
            return published(child, job)
    finally:
        broker.stop()


def _when(question: Callable[[], bool]) -> int:
    if not clock.until(question, PATIENCE, look_every=0.02):
        raise Incomplete(f"not every event was stored in {PATIENCE:.0f} s")
    return clock.stamp()
