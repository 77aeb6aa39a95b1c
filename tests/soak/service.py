"""The service under the soak: one life of the real `anxin up`, from its start to its kill."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.live.house.running import environment
from tests.soak.processes import children, name_of

BROKER = "nats-server"
LAUNCHER = [sys.executable, "-m", "tests.soak.launcher"]
STOP_SECONDS = 15.0


class Service:
    """One life: loaded when it is made, begun by `start`. ``is_ready`` and ``has_ended`` are set by what
    happens, whoever waits for them.
    """

    def __init__(self, folder: Path, mqtt_port: int, log: Path, env: Mapping[str, str]) -> None:
        self.is_ready = threading.Event()
        self.has_ended = threading.Event()
        self.ready: dict[str, Any] = {}
        self.code: int | None = None
        ports = ("--http-port", "0", "--mqtt-port", str(mqtt_port))
        with log.open("a", encoding="utf-8") as written:
            self._child = subprocess.Popen(
                [*LAUNCHER, "up", "--data-dir", str(folder), *ports],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=written,
                text=True,
                env=environment(env),
            )
        self._thread = threading.Thread(target=self._watch, name="service", daemon=True)
        self._thread.start()

    def start(self) -> None:
        """Begin to serve."""
        assert self._child.stdin is not None
        self._child.stdin.write("go\n")
        self._child.stdin.flush()

    @property
    def http(self) -> str:
        return str(self.ready["http"])

    def kill(self) -> None:
        """End it as a power cut would, and wait for its end."""
        self._child.kill()
        self._thread.join()

    def stop(self) -> int:
        """End it in good order; the exit code."""
        self._child.send_signal(signal.SIGTERM)
        if not self.has_ended.wait(STOP_SECONDS):
            self._child.kill()
        self._thread.join()
        return self.code if self.code is not None else -1

    def broker_pid(self) -> int | None:
        """The process of its broker; None while there is none."""
        return next((pid for pid in children(self._child.pid) if name_of(pid) == BROKER), None)

    def kill_broker(self) -> int | None:
        """Kill the broker under it; which process that was."""
        pid = self.broker_pid()
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
        return pid

    def _watch(self) -> None:
        assert self._child.stdout is not None
        with self._child.stdout as said:
            line = said.readline()
            if line:
                self.ready = json.loads(line)
                self.is_ready.set()
            said.read()
        self.code = self._child.wait()
        if self._child.stdin is not None:
            self._child.stdin.close()
        self.has_ended.set()
