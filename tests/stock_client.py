"""Debian's MQTT clients for a test: mosquitto_pub and mosquitto_sub, as an integrator has them."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import subprocess
import threading
from collections.abc import Iterator
from typing import IO, Any

from tests.programs import program

SECONDS = 30.0
"""How long anything here may take."""


class StockClient:
    """mosquitto_pub and mosquitto_sub, as an integrator has them."""

    def __init__(self, host: str, port: int, username: str | None = None, password: str = "") -> None:
        self._at = ["-h", host, "-p", str(port)]
        if username is not None:
            self._at += ["-u", username, "-P", password]

    def publish(
        self, topic: str, payload: str | dict[str, Any], *more: str
    ) -> subprocess.CompletedProcess[str]:
        """Publish at QoS 1 and wait for the broker's word."""
        text = json.dumps(payload) if isinstance(payload, dict) else payload
        command = [program("mosquitto_pub"), *self._at, "-q", "1", "-t", topic, "-s", *more]
        return subprocess.run(
            command, input=text, capture_output=True, text=True, timeout=SECONDS, check=False
        )

    @contextlib.contextmanager
    def hearing(self, topic: str, *more: str) -> Iterator[Hearing]:
        """Subscribe at QoS 1; begins once the broker has answered the subscription.

        It writes to a terminal of its own: into a pipe it would write nothing before it has a page full.
        """
        command = [
            program("mosquitto_sub"),
            *self._at,
            "-q",
            "1",
            "-t",
            topic,
            "-d",
            "-F",
            "heard %r %t %p",
            *more,
        ]
        terminal, end = pty.openpty()
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=end, stderr=end) as process:
            os.close(end)
            guard = threading.Timer(SECONDS, process.kill)
            guard.start()
            try:
                with os.fdopen(terminal, encoding="utf-8", errors="replace") as written:
                    hearing = Hearing(process, written)
                    hearing.wait_until_subscribed()
                    yield hearing
            finally:
                guard.cancel()
                process.kill()  # asked to end, one whose subscription was refused may wait for ever


class Hearing:
    """A subscriber at work. Waiting ends with the subscriber, which is killed at the limit."""

    def __init__(self, process: subprocess.Popen[bytes], written: IO[str]) -> None:
        self.process = process
        self._written = written
        self.was_refused = False

    def wait_until_subscribed(self) -> None:
        for line in self._lines():
            if line.startswith("Subscribed"):
                self.was_refused = line.strip().endswith("128")
                return
        self.was_refused = True

    def next(self) -> str:
        """The next message: retain flag, topic and payload."""
        for line in self._lines():
            if line.startswith("heard "):
                return line.removeprefix("heard ").rstrip()
        raise AssertionError("nothing was heard")

    def _lines(self) -> Iterator[str]:
        with contextlib.suppress(OSError):  # the terminal says so when its other end is closed
            yield from iter(self._written.readline, "")
