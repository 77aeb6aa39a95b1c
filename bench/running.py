"""One service under measurement with the sink beside it: hands out publishers, and homes in which nobody has
pressed yet.
"""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench import clock
from bench.processes import Child, Silent
from bench.service import Service
from bench.traffic import Job

PREPARE_SECONDS = 120.0
IDLE_SECONDS = 180.0
"""How long a service may be busy with what was published to it before."""


@dataclass(frozen=True, slots=True)
class Published:
    """What a publisher said of its work; stamps of the machine's monotonic clock."""

    start: int
    end: int
    unsaid: int
    presses: dict[str, int]
    cpu: float

    @property
    def seconds(self) -> float:
        return (self.end - self.start) / clock.SECOND


class Incomplete(Exception):
    """A measurement that did not come to its end in time; the words say what was missing."""


class SinkProcess:
    """The webhook sink, and what it took."""

    def __init__(self, child: Child) -> None:
        self._port = int(child.hear(PREPARE_SECONDS)["port"])

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._port}/notice"

    def first(self) -> dict[str, int]:
        """When the first alert about each resident was there."""
        found: dict[str, int] = self._told()["first"]
        return found

    def _told(self) -> dict[str, Any]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self._port}/", timeout=PREPARE_SECONDS) as answer:
            told: dict[str, Any] = json.load(answer)
        return told


@contextmanager
def sink(folder: Path) -> Iterator[SinkProcess]:
    with Child.module("bench.sink", folder / "sink.log") as child:
        yield SinkProcess(child)


@dataclass
class Running:
    """A service with everything around it. The first ``homes`` are those of the background; presses whose way
    is timed come from the ``quiet_homes`` after them, so that each opens an alert of its own.
    """

    service: Service
    sink: SinkProcess
    folder: Path
    homes: int
    quiet_homes: int = 0
    _pressed: int = 0
    _runs: int = field(default=0)

    def new_run(self, name: str) -> str:
        self._runs += 1
        return f"{name}{self._runs}"

    def homes_to_press(self, how_many: int) -> int:
        """The first of so many homes in a row in which nobody has pressed."""
        first = self.homes + self._pressed
        self._pressed += how_many
        if self._pressed > self.quiet_homes:
            raise Incomplete(f"{self.quiet_homes} homes are too few for {self._pressed} presses")
        return first

    def wait_until_idle(self) -> None:
        """Wait until nothing is under way: the rules are through and no event has come for half a second."""
        before = [self.service.counted.newest(), 0]

        def is_still() -> bool:
            newest = self.service.counted.newest()
            before[1] = before[1] + 1 if newest == before[0] and self.service.is_idle() else 0
            before[0] = newest
            return before[1] >= 5  # noqa: PLR2004 - looks, a tenth of a second apart

        if not clock.until(is_still, IDLE_SECONDS, look_every=0.1):
            raise Incomplete(f"the service is not idle after {IDLE_SECONDS:.0f} s")


@contextmanager
def publisher(job: Job, folder: Path) -> Iterator[Child]:
    """A publisher that has prepared its messages and waits for the word to go."""
    with Child.module("bench.publisher", folder / "publisher.log") as child:
        child.say(job.as_json())
        child.hear(PREPARE_SECONDS)
        yield child


def published(child: Child, job: Job) -> Published:
    """Let a publisher go, and wait until it is done."""
    child.say("go")
    told = Published(**child.hear(job.seconds + PREPARE_SECONDS))
    if told.unsaid:
        raise Silent(f"{told.unsaid} messages of {job.run} were not acknowledged in {job.seconds:.0f} s")
    return told
