"""The service that is measured: `anxin up` as it is shipped, with its own rulebooks, in a process of its
own.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Mapping
from typing import Self

from bench import clock
from bench.places import Counted, Place
from bench.processes import STOP_SECONDS, Child, Cpu, cpu_of
from services.wiring.lifeline import tied

READY_SECONDS = 300.0
_UP = [
    sys.executable,
    "-m",
    "services.wiring.cli",
    "up",
    "--http-port",
    "0",
    "--mqtt-port",
    "0",
    "--open-mqtt",
]


class Service:
    """Runs on a place while its block does; can be killed and started again within it."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.counted = Counted(place.url)
        self.mqtt_port = 0
        self._child: Child | None = None

    def start(self) -> float:
        """Start it; the seconds until it said that it is ready."""
        start = clock.stamp()
        command = tied([*_UP, "--data-dir", str(self.place.folder)])
        log = self.place.folder.with_suffix(".log")
        self._child = Child(command, log, env=_environment(self.place.environment))
        ready = self._child.hear(READY_SECONDS)
        self.mqtt_port = int(ready["mqtt"].rpartition(":")[2])
        return clock.seconds_since(start)

    @property
    def pid(self) -> int:
        assert self._child is not None
        return self._child.process.pid

    def cpu(self) -> Cpu:
        return cpu_of(self.pid)

    def is_idle(self) -> bool:
        """Whether everything stored is taken in by the rules."""
        return self.counted.rules_are_through()

    def end(self, how: int = signal.SIGTERM) -> None:
        if self._child is None:
            return
        self._child.process.send_signal(how)
        try:
            self._child.process.wait(STOP_SECONDS)
        finally:
            self._child.end()
            self._child = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *failure: object) -> None:
        self.end(signal.SIGKILL)
        self.counted.close()


def _environment(more: Mapping[str, str]) -> dict[str, str]:
    """Nothing of the shell's own settings reaches the service; what is counted afterwards are the presses of
    the bench alone.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ANXIN_")}
    return {**kept, "ANXIN_SELF_WATCH_EVERY": "0", "ANXIN_PATH_CHECK_AT": "", **more}
