"""The services of the compose file as plain processes: each with its command and its environment from there,
host names mapped to where the servers of the test listen.
"""

from __future__ import annotations

import json
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from tests.live.house.forked import Forked, said
from tests.live.house.running import PATIENCE, Api, environment, may_be_paged_all_night
from tests.live.split import compose
from tests.live.split.broker import CountyBroker


class ServiceProcess:
    """One service at work."""

    def __init__(self, service: str, command: list[str], env: Mapping[str, str], log: Path) -> None:
        self.service = service
        self._command = command
        self._env = dict(env)
        self._log = log
        self._child: Forked | None = None
        self.ready: dict[str, Any] = {}

    def start(self) -> Self:
        """Start it and wait for its line of JSON."""
        self.begin()
        return self.wait_until_ready()

    def begin(self) -> None:
        self._child = Forked(self._command, environment(self._env), self._log)

    def wait_until_ready(self) -> Self:
        assert self._child is not None
        line = self._child.stdout.readline()
        assert line, self.log
        self.ready = json.loads(line)
        return self

    @property
    def log(self) -> str:
        return self._log.read_text(encoding="utf-8")

    def ask_to_end(self, number: int = signal.SIGTERM) -> None:
        """Send it a signal and wait for nothing."""
        if self._child is not None and self._child.poll() is None:
            self._child.send_signal(number)

    def end(self, number: int = signal.SIGTERM) -> int:
        """Send it a signal and wait for its end; the exit code."""
        if self._child is None:
            return 0
        self.ask_to_end(number)
        code = self._child.wait(PATIENCE)
        self._child.stdout.close()
        self._child = None
        return code


class County:
    """An installation of several processes on a database and a broker of a test."""

    def __init__(self, folder: Path, database: str, broker: CountyBroker) -> None:
        self.folder = folder
        may_be_paged_all_night(folder / "data")
        self.broker = broker
        self.database = database
        self._number = 0
        self.processes: list[ServiceProcess] = []
        self._apis: list[Api] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        for api in self._apis:
            api.close()
        for process in self.processes:
            process.ask_to_end()
        for process in self.processes:
            process.end()

    def environment_of(self, service: str) -> dict[str, str]:
        """The service's environment of the compose file, with hosts and folders of the test."""
        env = compose.environment_of(service)
        at = env["ANXIN_DATABASE_URL"]
        assert "@postgres:5432/anxin" in at
        mapped = {
            "mosquitto:1883": f"{self.broker.host}:{self.broker.port}",
            "0.0.0.0:8080": "127.0.0.1:0",
            "0.0.0.0:8081": "127.0.0.1:0",
        }
        for name, value in env.items():
            for before, after in mapped.items():
                env[name] = env[name].replace(before, after) if before in value else env[name]
        assert env["ANXIN_DATA_DIR"] == "/data"
        return env | {"ANXIN_DATABASE_URL": self.database, "ANXIN_DATA_DIR": str(self.folder / "data")}

    def process(self, service: str, **more: str) -> ServiceProcess:
        """A process of a service; started by whoever asks, ended with the county."""
        command = compose.command_of(service)
        assert command[0] == "anxin"
        self._number += 1
        log = self.folder / f"{service}-{self._number}.log"
        env = {**self.environment_of(service), **more}
        process = ServiceProcess(service, command[1:], env, log)
        self.processes.append(process)
        return process

    def start(self, *names: str) -> dict[str, ServiceProcess]:
        """Start services at once, as `docker compose up` does, and wait for all of them."""
        started = {name: self.process(name) for name in names}
        for process in started.values():
            process.begin()
        for process in started.values():
            process.wait_until_ready()
        return started

    def api(self, console: ServiceProcess, role: str = "admin") -> Api:
        """The API of a console, with a token made on the command line."""
        env = environment(self.environment_of("console"))
        token = said(["token", "add", "--role", role], env)
        self._apis.append(Api(console.ready["http"], token))
        return self._apis[-1]
