"""The service under the soak: one life of the real `anxin up`, from its start to its kill."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.live.house.forked import Forked
from tests.live.house.running import environment
from tests.soak.processes import children, name_of

BROKER = "nats-server"
STOP_SECONDS = 15.0


class Service:
    """One life. ``is_ready`` and ``has_ended`` are set by what happens, whoever waits for them."""

    def __init__(self, folder: Path, mqtt_port: int, log: Path, env: Mapping[str, str]) -> None:
        self.is_ready = threading.Event()
        self.has_ended = threading.Event()
        self.ready: dict[str, Any] = {}
        self.code: int | None = None
        options = ["--data-dir", str(folder), "--http-port", "0", "--mqtt-port", str(mqtt_port)]
        self._process = Forked(["up", *options], environment(env), log)
        self._thread = threading.Thread(target=self._watch, name="service", daemon=True)
        self._thread.start()

    @property
    def http(self) -> str:
        return str(self.ready["http"])

    def kill(self) -> None:
        """End it as a power cut would, and wait for its end."""
        if not self.has_ended.is_set():
            self._process.kill()
        self._thread.join()

    def stop(self) -> int:
        """End it in good order; the exit code."""
        self._process.send_signal(signal.SIGTERM)
        if not self.has_ended.wait(STOP_SECONDS):
            self._process.kill()
        self._thread.join()
        return self.code if self.code is not None else -1

    def broker_pid(self) -> int | None:
        """The process of its broker; None while there is none."""
        pids = children(self._process.pid)
        return next((pid for pid in pids if name_of(pid) == BROKER), None)

    def _watch(self) -> None:
        with self._process.stdout as said:
            line = said.readline()
            if line:
                self.ready = json.loads(line)
                self.is_ready.set()
            said.read()
        self.code = self._process.wait()
        self.has_ended.set()
