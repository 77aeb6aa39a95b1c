"""A process that the fleet starts: a line in, lines of JSON out, and an end to every wait. It ends what it
started and nothing else, and hands a Ctrl-C to nobody: whoever started it says when it stops.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import IO, Any, Self

STOP_SECONDS = 15.0


class ChildSilent(Exception):
    """A process did not say what it should have said, or said what is wrong; the words are its own."""


class Child:
    """It ends with its block."""

    def __init__(self, command: Sequence[str], log: Path, env: dict[str, str] | None = None) -> None:
        self._log = log
        with log.open("ab") as errors:
            self.process = subprocess.Popen(
                command,
                env=env,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                start_new_session=True,  # a Ctrl-C at the terminal reaches who started it alone
            )
        self._lines: SimpleQueue[bytes] = SimpleQueue()
        assert self.process.stdout is not None  # noqa: S101 - it was asked for as a pipe
        self._reader = Thread(target=self._read, args=(self.process.stdout,), name="child", daemon=True)
        self._reader.start()

    @classmethod
    def module(cls, name: str, log: Path) -> Self:
        """A module of the simulator, run by this Python."""
        return cls([sys.executable, "-m", name], log)

    def say(self, line: str) -> None:
        """Write a line to it; one that has ended is found out by what it does not say."""
        assert self.process.stdin is not None  # noqa: S101 - as above
        with suppress(BrokenPipeError):
            self.process.stdin.write(line.encode() + b"\n")
            self.process.stdin.flush()

    def hear(self, seconds: float) -> dict[str, Any]:
        """Its next line; `ChildSilent` if none comes in time, or if it tells of a fault."""
        try:
            line = self._lines.get(timeout=seconds)
        except Empty:
            raise ChildSilent(f"nothing was heard for {seconds:.0f} s of {self._name}") from None
        return self._understood(line)

    def heard(self) -> list[dict[str, Any]]:
        """All lines that came since the last time; `ChildSilent` where its end is all that came."""
        found: list[dict[str, Any]] = []
        with suppress(Empty):
            while True:
                line = self._lines.get_nowait()
                if not line and found:
                    self._lines.put(line)  # told the next time
                    break
                found.append(self._understood(line))
        return found

    @property
    def _name(self) -> str:
        return str(self.process.args[-1]) if isinstance(self.process.args, list) else "a process"

    def _understood(self, line: bytes) -> dict[str, Any]:
        if not line:
            self._lines.put(b"")  # it stays at its end
            words = self._log.read_text("utf-8", errors="replace").strip()[-2000:]
            raise ChildSilent(f"{self._name} has ended: {words}")
        said: dict[str, Any] = json.loads(line)
        if "fault" in said:
            raise ChildSilent(str(said["fault"]))
        return said

    def _read(self, out: IO[bytes]) -> None:
        for line in out:
            self._lines.put(line)
        self._lines.put(b"")

    def end(self, *, by_signal: bool = False) -> None:
        """Close its input, at which a process of the simulator ends; or ask it by SIGTERM. Who stays is
        killed.
        """
        assert self.process.stdin is not None  # noqa: S101 - as above
        assert self.process.stdout is not None  # noqa: S101 - as above
        if by_signal:
            self.process.terminate()
        with suppress(BrokenPipeError):
            self.process.stdin.close()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._reader.join(STOP_SECONDS)
        self.process.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()
