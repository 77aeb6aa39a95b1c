"""A running house for a test: the real command in a process of its own, and what stands around it.

Whatever a test starts here ends with it. Waiting is always for something that happens, with a bound.
"""

from __future__ import annotations

import json
import os
import queue
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx2

from services.wiring.shipped import lay_out
from tests.live.house.forked import Forked, said
from tests.stock_client import StockClient

PATIENCE = 30.0
Child = Forked | subprocess.Popen[str]
ANXIN = [sys.executable, "-m", "services.wiring.cli"]


def may_be_paged_all_night(data_dir: Path) -> None:
    """Lay out a new data folder in which nobody is ever paged too often. By the machine's own clock a test
    may run at night, when the house would tell of who was paged often; it is to find the same at any hour.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    lay_out(data_dir)
    figures = data_dir / "policies" / "figures.yaml"
    text, found = re.subn(r"(?m)^pages_a_night: \d+", "pages_a_night: 1000", figures.read_text("utf-8"))
    assert found == 1, text
    figures.write_text(text, "utf-8")


class HouseProcess:
    """`anxin up` on a folder. ``from_nothing``: as people start it, for a test of the start itself."""

    def __init__(
        self,
        folder: Path,
        *options: str,
        env: Mapping[str, str] | None = None,
        from_nothing: bool = False,
    ) -> None:
        self.folder = folder
        self._options = options
        self._from_nothing = from_nothing
        self._env = dict(env or {})
        self._log = folder.parent / "house.log"
        self._child: Child | None = None
        self.ready: dict[str, Any] = {}

    def start(self) -> HouseProcess:
        """Start it and wait for its line of JSON."""
        ports = ("--http-port", "0", "--mqtt-port", "0")
        words = ["up", "--data-dir", str(self.folder), *ports, *self._options]
        start = from_nothing if self._from_nothing else Forked
        self._child = start(words, environment(self._env), self._log)
        assert self._child.stdout is not None
        line = self._child.stdout.readline()
        assert line, self._log.read_text(encoding="utf-8")
        self.ready = json.loads(line)
        return self

    @property
    def pid(self) -> int:
        assert self._child is not None
        return self._child.pid

    def end(self, number: int = signal.SIGTERM) -> int:
        """Send it a signal and wait for its end; the exit code."""
        if self._child is None:
            return 0
        if self._child.poll() is None:
            self._child.send_signal(number)
        code = self._child.wait(PATIENCE)
        assert self._child.stdout is not None
        self._child.stdout.close()
        self._child = None
        return code

    def token(self, role: str = "admin") -> str:
        """A bearer token, made on the command line while the house runs."""
        words = ["token", "add", "--role", role, "--data-dir", str(self.folder)]
        return said(words, environment(self._env))

    def api(self, role: str = "admin") -> Api:
        return Api(self.ready["http"], self.token(role))


class Api:
    """The HTTP API of a running house."""

    def __init__(self, http: str, token: str) -> None:
        self._client = httpx2.Client(
            base_url=f"{http}/api/v1/", headers={"Authorization": f"Bearer {token}"}, timeout=PATIENCE
        )

    def post(self, path: str, body: Mapping[str, object], status: int = 201) -> dict[str, Any]:
        answer = self._client.post(path, json=dict(body))
        assert answer.status_code == status, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def patch(self, path: str, fields: Mapping[str, object]) -> dict[str, Any]:
        answer = self._client.patch(path, json=dict(fields))
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def get(self, path: str) -> dict[str, Any]:
        answer = self._client.get(path)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def items(self, path: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.get(path)["items"]
        return found

    def close(self) -> None:
        self._client.close()


class Hook:
    """A worker's webhook: a real HTTP server that keeps what it was sent."""

    def __init__(self) -> None:
        self.got: queue.Queue[tuple[dict[str, str], dict[str, Any]]] = queue.Queue()
        received = self.got

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                received.put((dict(self.headers.items()), json.loads(body)))
                self.send_response(202)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/notice"

    def next(self) -> dict[str, Any]:
        """The next notice that came, waited for."""
        return self.got.get(timeout=PATIENCE)[1]

    def kinds(self) -> list[str]:
        """What came since this was last asked."""
        kinds = []
        while not self.got.empty():
            kinds.append(str(self.got.get()[1]["data"]["kind"]))
        return kinds

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(PATIENCE)


def from_nothing(words: Sequence[str], env: Mapping[str, str], log: Path) -> subprocess.Popen[str]:
    """`anxin` as people start it; what it says on standard error is added to ``log``."""
    with log.open("a", encoding="utf-8") as errors:
        return subprocess.Popen(
            [*ANXIN, *words], stdout=subprocess.PIPE, stderr=errors, text=True, env=dict(env)
        )


def stock_client(mqtt: Mapping[str, str]) -> StockClient:
    """Debian's MQTT clients, with what the registration of a device answered."""
    host, _, port = mqtt["url"].removeprefix("mqtt://").rpartition(":")
    return StockClient(host, int(port), mqtt.get("username"), mqtt.get("password", ""))


def until(condition: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Ask again and again until it is so."""
    pause = threading.Event()
    for _ in range(int(seconds / 0.1)):
        if condition():
            return
        pause.wait(0.1)
    raise AssertionError("it did not come about")


def environment(more: Mapping[str, str]) -> dict[str, str]:
    """A clean environment: nothing of the shell's own settings reaches the house."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ANXIN_")}
    return {**kept, **more}
