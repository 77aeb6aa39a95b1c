"""From the publish of a press to its alert at the webhook, with telemetry going on at a steady rate.

Each press comes from a home of its own and so opens an alert of its own. The clock is taken in the publisher
and in the sink; both read CLOCK_MONOTONIC of one machine.
"""

from __future__ import annotations

from dataclasses import dataclass

from bench import clock
from bench.arithmetic import percentile
from bench.running import Incomplete, Running, published, publisher
from bench.traffic import Job, Mix

DELIVERED_SECONDS = 60.0
"""How long the last alert may take."""


@dataclass(frozen=True, slots=True)
class Load:
    """``rate`` messages of telemetry a second for ``seconds``, and presses among them."""

    rate: float
    seconds: float
    press_rate: float

    @property
    def presses(self) -> int:
        return max(int(self.seconds * self.press_rate), 1)


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds; ``achieved`` is the rate at which the telemetry was in truth published."""

    load: Load
    achieved: float
    took: tuple[float, ...]

    @property
    def p50(self) -> float:
        return percentile(self.took, 0.5)

    @property
    def p99(self) -> float:
        return percentile(self.took, 0.99)


def measure(running: Running, load: Load) -> Latency:
    """`Incomplete` if an alert did not come."""
    count = int(load.rate * load.seconds)
    first = running.homes_to_press(load.presses)
    job = Job(
        running.service.mqtt_port,
        running.new_run("latency"),
        running.homes,
        count,
        Mix.TELEMETRY,
        rate=load.rate,
        presses=load.presses,
        press_rate=load.press_rate,
        first_press_home=first,
        seconds=load.seconds + DELIVERED_SECONDS,
    )
    with publisher(job, running.folder) as child:
        said = published(child, job)
    if not clock.until(lambda: said.presses.keys() <= running.sink.first().keys(), DELIVERED_SECONDS):
        missing = said.presses.keys() - running.sink.first().keys()
        raise Incomplete(f"{len(missing)} of {len(said.presses)} presses reached nobody")
    there = running.sink.first()
    took = tuple((there[resident] - at) / clock.MILLISECOND for resident, at in said.presses.items())
    return Latency(load, count / max(said.seconds, load.seconds), took)
