"""What a process shows of itself whatever runs in it: version, store, disk, and its loops."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime

from prometheus_client.core import HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from services.domain.ports import Clock, Store, UnitOfWork
from services.domain.ports.figures import Waiting
from services.wiring.figures.families import StoreFigures, counters, gauge, gauges, seconds_since
from services.wiring.probe import Probe
from services.wiring.pulse import Pulse

Lag = Callable[[UnitOfWork, datetime], Mapping[str, Waiting]]
"""What waits for a loop, by queue."""


class ProcessFigures(Collector):
    """Version, store and disk."""

    def __init__(self, version: str, probe: Probe) -> None:
        self._version = version
        self._probe = probe

    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        probe = self._probe
        answers = not probe.hangs_for
        yield gauges("anxin_build_info", "1, with the version.", ("version",), {(self._version,): 1})
        yield gauge("anxin_store_readable", "1 if the store can be read.", probe.is_readable and answers)
        yield gauge("anxin_store_writable", "1 if the store can be written.", probe.is_writable and answers)
        if probe.disk is not None:
            yield gauge("anxin_disk_free_bytes", "Free on the disk of the data folder.", probe.disk.free)
            yield gauge("anxin_disk_size_bytes", "Size of the disk of the data folder.", probe.disk.total)


class LoopFigures(StoreFigures):
    """The loops of this process: whether they work, how long steps take, what waits and for how long."""

    def __init__(self, store: Store, clock: Clock, answers: Callable[[], bool]) -> None:
        super().__init__(store, clock, answers)
        self.pulses: list[Pulse] = []
        self.lags: dict[str, Lag] = {}

    def read(self, uow: UnitOfWork, now: datetime) -> list[Metric]:
        waiting = {
            (name, queue): each for name, lag in self.lags.items() for queue, each in lag(uow, now).items()
        }
        return [
            gauges(
                "anxin_loop_waiting",
                "What waits for a loop.",
                ("loop", "queue"),
                {at: each.count for at, each in waiting.items()},
            ),
            gauges(
                "anxin_loop_oldest_waiting_seconds",
                "How long the oldest of what waits for a loop has waited.",
                ("loop", "queue"),
                {at: seconds_since(each.oldest_at, now) for at, each in waiting.items()},
            ),
        ]

    def waiting(self, uow: UnitOfWork) -> dict[tuple[str, str], float]:
        """How many seconds the oldest of what waits has waited, by loop and queue."""
        now = self.clock.now()
        return {
            (name, queue): seconds_since(each.oldest_at, now)
            for name, lag in self.lags.items()
            for queue, each in lag(uow, now).items()
        }

    def counted(self) -> list[Metric]:
        return [
            _steps(self.pulses),
            counters(
                "anxin_loop_failures",
                "Steps that failed.",
                ("loop",),
                {(pulse.name,): pulse.failures for pulse in self.pulses},
            ),
            gauges(
                "anxin_loop_still_seconds",
                "Since a step of the loop ended; about 1 when all is well.",
                ("loop",),
                {(pulse.name,): pulse.still_for for pulse in self.pulses},
            ),
        ]


def _steps(pulses: Iterable[Pulse]) -> Metric:
    family = HistogramMetricFamily(
        "anxin_loop_step_seconds", "Length of the steps that did something.", labels=("loop",)
    )
    for pulse in pulses:
        [seen] = pulse.seconds.collect()
        buckets = [
            (sample.labels["le"], sample.value) for sample in seen.samples if sample.name.endswith("_bucket")
        ]
        [total] = [sample.value for sample in seen.samples if sample.name.endswith("_sum")]
        family.add_metric((pulse.name,), buckets, total)
    return family
