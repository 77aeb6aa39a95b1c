"""The service under the soak: one life of the real `anxin up`, from its start to its kill.

A life is forked from a process that has loaded the command already, so that a soak of hundreds of lives does
not spend its time on imports; what runs is `anxin up` all the same, in a process of its own.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import threading
from collections.abc import Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from services.wiring.cli import app
from tests.live.house.running import environment
from tests.soak.processes import children, name_of

BROKER = "nats-server"
STOP_SECONDS = 15.0

_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(["services.wiring.house", "tests.soak.service", "pytest"])


class Service:
    """One life. ``is_ready`` and ``has_ended`` are set by what happens, whoever waits for them."""

    def __init__(self, folder: Path, mqtt_port: int, log: Path, env: Mapping[str, str]) -> None:
        self.is_ready = threading.Event()
        self.has_ended = threading.Event()
        self.ready: dict[str, Any] = {}
        self.code: int | None = None
        options = ["--data-dir", str(folder), "--http-port", "0", "--mqtt-port", str(mqtt_port)]
        self._said, said = _forks.Pipe(duplex=False)
        self._process = _forks.Process(target=_live, args=(["up", *options], environment(env), log, said))
        self._process.start()
        said.close()
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
        self._process.terminate()
        if not self.has_ended.wait(STOP_SECONDS):
            self._process.kill()
        self._thread.join()
        return self.code if self.code is not None else -1

    def broker_pid(self) -> int | None:
        """The process of its broker; None while there is none."""
        pids = children(self._process.pid or 0)
        return next((pid for pid in pids if name_of(pid) == BROKER), None)

    def _watch(self) -> None:
        with os.fdopen(os.dup(self._said.fileno()), encoding="utf-8") as said:
            self._said.close()
            line = said.readline()
            if line:
                self.ready = json.loads(line)
                self.is_ready.set()
            said.read()
        self._process.join()
        self.code = self._process.exitcode
        self.has_ended.set()


def _live(arguments: list[str], env: dict[str, str], log: Path, said: Connection) -> None:
    """In the new process: become `anxin`, its words to ``said`` and its log to a file."""
    os.environ.clear()
    os.environ.update(env)
    os.dup2(said.fileno(), 1)
    said.close()
    with log.open("a", encoding="utf-8") as written:
        os.dup2(written.fileno(), 2)
    app(arguments)
