"""A real Mosquitto for a test, set up as the server profile has it, open to
everybody on loopback.
"""

from __future__ import annotations

import socket
import subprocess
from pathlib import Path

from services.wiring.broker_credentials import Credentials
from tests.programs import program

SECONDS = 20.0
ATTEMPTS = 5
"""It cannot pick a port by itself, so a free one is looked for, which somebody else may take meanwhile."""


class Mosquitto:
    """One broker in a folder of its own."""

    host = "127.0.0.1"
    house = Credentials("anxin", "not asked for")

    def __init__(self, folder: Path) -> None:
        self.port = 0
        self._folder = folder
        self._process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        return f"mqtt://{self.host}:{self.port}"

    def start(self) -> None:
        self._folder.mkdir(exist_ok=True)
        for _ in range(ATTEMPTS):
            self._launch(self.port or _free_port())
            if self.port:
                return
        raise AssertionError("mosquitto did not start")

    def _launch(self, port: int) -> None:
        config = self._folder / "mosquitto.conf"
        config.write_text(
            f"""
            listener {port} {self.host}
            allow_anonymous true
            user root
            persistence true
            persistence_location {self._folder}/
            autosave_interval 1
            max_queued_messages 0
            max_inflight_messages 0
            set_tcp_nodelay true
            """.replace("            ", ""),
            encoding="utf-8",
        )
        process = subprocess.Popen(
            [program("mosquitto"), "-c", str(config)],
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
        )
        assert process.stderr is not None
        for line in process.stderr:
            if "running" in line:
                self._process, self.port = process, port
                return
        process.wait()
        process.stderr.close()

    def kill(self) -> None:
        """End it as a full memory would: what it wrote a moment ago is lost."""
        if self._process is not None:
            self._process.kill()
            self.stop()

    def stop(self) -> None:
        """End it and keep what it stored."""
        if self._process is not None and self._process.stderr is not None:
            self._process.terminate()
            self._process.wait(SECONDS)
            self._process.stderr.close()
            self._process = None


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port
