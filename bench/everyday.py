"""The figures of a service at its everyday work: the floor, throughput, latency, a flood. All of them are
taken of one service, one after the other, each when the one before is wholly worked off.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from pathlib import Path

from bench import community, floor, latency, throughput
from bench.arithmetic import median
from bench.figures import Figure
from bench.floor import Floor
from bench.places import Place, StoreKind
from bench.plan import Part, Plan
from bench.running import Running, SinkProcess
from bench.service import Service
from bench.throughput import Throughput
from bench.traffic import Mix

EVENTS_A_SECOND = {StoreKind.SQLITE: 15_000.0, StoreKind.POSTGRESQL: 10_000.0}
TIMES_THE_FLOOR = 4.0
P99_AT_A_THOUSAND = 20.0
P99_IN_A_FLOOD = 500.0
QUIET, BUSY = 5, 1000
"""Rates for which the design has goals, events a second."""
MOST_EVENTS = 400_000

Say = Callable[[str], None]


class Everyday:
    """Measures one place."""

    def __init__(self, plan: Plan, place: Place, sink: SinkProcess, folder: Path, say: Say) -> None:
        self._plan = plan
        self._place = place
        self._sink = sink
        self._folder = folder
        self._say = say
        self._store = place.store.value
        self._floors: list[Floor] = []
        self.handled: float | None = None
        """Events of the realistic mix that were handled a second, once that is measured."""

    def figures(self, parts: Collection[Part]) -> Iterator[Figure]:
        self._say(f"{self._plan.homes} homes move in")
        four = community.Community(self._plan.homes, button_homes=self._plan.presses)
        community.settle(four, self._place, self._sink.address)
        with Service(self._place) as service:
            running = Running(service, self._sink, self._folder, self._plan.homes, self._plan.presses)
            self._measure_floor(running)
            if Part.LATENCY in parts:
                for load in self._plan.loads:
                    yield from self._latency(running, load)
            if Part.THROUGHPUT in parts:
                yield from self._throughputs(running)
            if Part.FLOOD in parts:
                yield from self._flood(running)
        yield self._floor()

    def _measure_floor(self, running: Running) -> Floor:
        """It drifts with the machine, so it is measured beside each figure that is held against it."""
        found = floor.measure(running.service.mqtt_port, self._place.folder, self._plan.echoes)
        self._floors.append(found)
        return found

    def _floor(self) -> Figure:
        low, high = (pick(each.p50 for each in self._floors) for pick in (min, max))
        note = (
            f"echo {median([each.echo_p50 for each in self._floors]):.2f} + "
            f"fsync {median([each.fsync_p50 for each in self._floors]):.2f}; "
            f"in this run {low:.2f} to {high:.2f}"
        )
        p50 = median([each.p50 for each in self._floors])
        return Figure("floor: echo through the broker + fsync, p50", self._store, p50, "ms", note=note)

    # ------------------------------------------------------------------ throughput

    def _throughputs(self, running: Running) -> Iterator[Figure]:
        for mix in (Mix.REALISTIC, Mix.TELEMETRY):
            taken = self._repeated(running, mix)
            self.handled = self.handled or median([each.per_second for each in taken])
            yield self._throughput(mix, taken)
            yield _lost(mix, self._store, taken)
        alone = throughput.publisher_alone(self._folder, Mix.TELEMETRY, taken[-1].events, self._plan.homes)
        note = f"CPU {alone.cpu / taken[-1].events * 1e6:.1f} µs a message"
        name = "publisher alone against a broker"
        yield Figure(name, self._store, taken[-1].events / alone.seconds, "/s", note=note)

    def _repeated(self, running: Running, mix: Mix) -> list[Throughput]:
        self._say(f"throughput, {mix.value}")
        running.wait_until_idle()
        first = throughput.measure(running, mix, self._plan.warm_up)
        count = min(max(int(first.per_second * self._plan.throughput_for), self._plan.warm_up), MOST_EVENTS)
        taken = []
        for _ in range(self._plan.repeats):
            running.wait_until_idle()
            taken.append(throughput.measure(running, mix, count))
        return taken

    def _throughput(self, mix: Mix, taken: list[Throughput]) -> Figure:
        last = taken[-1]
        note = (
            f"with rules {median([each.ruled_per_second for each in taken]):,.0f}/s; CPU of 1,000 events: "
            f"service {last.service_cpu / last.events * 1e6:.0f} ms, "
            f"broker {last.broker_cpu / last.events * 1e6:.0f} ms"
        )
        return Figure(
            f"durable events, {mix.value}",
            self._store,
            median([each.per_second for each in taken]),
            "/s",
            EVENTS_A_SECOND[self._place.store],
            at_least=True,
            note=note,
        )

    # ------------------------------------------------------------------ latency

    def _latency(self, running: Running, load: latency.Load) -> Iterator[Figure]:
        self._say(f"presses among {load.rate:g} events/s")
        taken, floors = [], [self._measure_floor(running)]
        for _ in range(self._plan.repeats if load.rate > QUIET else 1):
            running.wait_until_idle()
            taken.append(latency.measure(running, load))
            running.wait_until_idle()
            floors.append(self._measure_floor(running))
        beside = median([each.p50 for each in floors])
        name = f"publish → webhook at {load.rate:,.0f}/s"
        p50, p99 = median([each.p50 for each in taken]), median([each.p99 for each in taken])
        times = f"{p50 / beside:.1f} × the floor of {beside:.2f} ms"
        goal = TIMES_THE_FLOOR * beside if load.rate == QUIET else None
        yield Figure(f"{name}, p50", self._store, p50, "ms", goal, note=times)
        presses = f"{sum(len(each.took) for each in taken)} presses; telemetry at {taken[-1].achieved:,.0f}/s"
        goal = P99_AT_A_THOUSAND if load.rate == BUSY else None
        yield Figure(f"{name}, p99", self._store, p99, "ms", goal, note=presses)

    def _flood(self, running: Running) -> Iterator[Figure]:
        if self.handled is None:
            self.handled = median([each.per_second for each in self._repeated(running, Mix.REALISTIC)])
        rate = 2 * self.handled
        self._say(f"presses in a flood of {rate:,.0f} events/s")
        running.wait_until_idle()
        taken = latency.measure(running, replace(self._plan.flood, rate=rate))
        name = "a press in a flood of twice what is handled"
        note = f"{len(taken.took)} presses; telemetry at {taken.achieved:,.0f}/s"
        yield Figure(f"{name}, p50", self._store, taken.p50, "ms")
        yield Figure(f"{name}, p99", self._store, taken.p99, "ms", P99_IN_A_FLOOD, note=note)


def _lost(mix: Mix, store: str, taken: list[Throughput]) -> Figure:
    wrong = sum(each.lost + each.doubled for each in taken)
    note = f"of {sum(each.events for each in taken):,} ids sent, counted in the database"
    return Figure(f"events lost or doubled, {mix.value}", store, wrong, "events", 0, note=note)
