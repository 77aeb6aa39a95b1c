"""A restart with deadlines pending that come from real watches: at every home somebody gets out of bed, the
rules take it in, the service is killed, and started again later. None may be lost, and those whose time has
come meanwhile are met.
"""

from __future__ import annotations

import signal
from dataclasses import dataclass
from pathlib import Path

from bench import clock, community
from bench.cost import Cost, of
from bench.places import Place
from bench.plan import Plan
from bench.running import Incomplete, Running, SinkProcess, published, publisher
from bench.service import Service
from bench.traffic import Job, Mix

RULE = "home-beds/out-of-bed-at-night"
WATCH_SECONDS = 20 * 60
"""How long the shipped rule waits for somebody to be back in bed."""
LONG_AGO_SECONDS = WATCH_SECONDS - 1
"""So long ago somebody got up whose deadline comes as soon as it may: it is met no earlier than a minute
after its event was received.
"""
RECENT_SECONDS = 65
"""Out of bed for so long: settled, and the deadline is still 19 minutes away."""
TAKEN_IN_SECONDS = 600.0
MET_SECONDS = 180.0


@dataclass(frozen=True, slots=True)
class Restart:
    """``before`` deadlines were pending at the kill; ``after`` it they were pending or met; ``met`` are those
    whose time had come.
    """

    ready_in: float
    before: int
    after: int
    wanted_met: int
    met: int


class Watches:
    """A service with as many pending deadlines as homes: `prepare`, then, whenever, `measure`."""

    def __init__(self, plan: Plan, place: Place, sink: SinkProcess, folder: Path) -> None:
        self._plan = plan
        self._place = place
        self._sink = sink
        self._folder = folder

    def prepare(self, *, with_cost: bool) -> Cost | None:
        """Let everybody get up, and kill the service; what an event cost meanwhile, if asked."""
        homes = self._plan.deadlines
        settled = community.Community(homes, community.BED_ALONE)
        community.settle(settled, self._place, self._sink.address)
        with Service(self._place) as service:
            counted = service.counted
            running = Running(service, self._sink, self._folder, homes)
            cost = of(running, self._plan.cost_events, self._plan.repeats) if with_cost else None
            before = counted.newest()
            self._get_up(running, 0, homes - self._plan.met, RECENT_SECONDS)
            self._get_up(running, homes - self._plan.met, self._plan.met, LONG_AGO_SECONDS)
            # Counting the watches takes a core for a while, so it is done once, when all should be there.
            clock.until(lambda: counted.newest() - before >= homes and service.is_idle(), TAKEN_IN_SECONDS)
            if (begun := counted.pending(RULE)) != homes:
                raise Incomplete(f"{begun} of {homes} watches were begun")
            service.end(signal.SIGKILL)
        return cost

    def measure(self) -> Restart:
        """Start it again. Those who got up long ago are not back, so their deadlines are met."""
        service = Service(self._place)
        before = service.counted.pending(RULE)
        try:
            ready_in = service.start()
            after = service.counted.pending(RULE) + service.counted.findings(RULE)
            clock.until(lambda: service.counted.findings(RULE) >= self._plan.met, MET_SECONDS, look_every=0.2)
            met = service.counted.findings(RULE)
        finally:
            service.end(signal.SIGKILL)
            service.counted.close()
        return Restart(ready_in, before, after, self._plan.met, met)

    def _get_up(self, running: Running, first: int, homes: int, before: float) -> None:
        if not homes:
            return
        job = Job(
            running.service.mqtt_port,
            running.new_run("exit"),
            homes,
            homes,
            Mix.EXITS,
            first_home=first,
            occurred_before=before,
            seconds=TAKEN_IN_SECONDS,
        )
        with publisher(job, self._folder) as child:
            published(child, job)
