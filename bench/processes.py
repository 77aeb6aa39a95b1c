"""Processes that the bench starts, and what they cost: a line of JSON in, a line of JSON out, with a bound on
every wait. It ends what it started and nothing else.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Self

ROOT = Path(__file__).resolve().parent.parent
STOP_SECONDS = 15.0


class Silent(Exception):
    """A process did not say what it should have said; the words hold the end of its log."""


class Child:
    """A process that speaks in lines of JSON; it ends with its block."""

    def __init__(self, command: Sequence[str], log: Path, env: Mapping[str, str] | None = None) -> None:
        self._log = log
        with log.open("ab") as errors:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors
            )
        self._lines: queue.Queue[bytes] = queue.Queue()
        self._reader = threading.Thread(target=self._read, args=(self.process.stdout,), daemon=True)
        self._reader.start()

    @classmethod
    def module(cls, name: str, log: Path) -> Self:
        return cls([sys.executable, "-m", name], log)

    def _read(self, out: IO[bytes]) -> None:
        for line in out:
            self._lines.put(line)
        self._lines.put(b"")

    def say(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()

    def hear(self, seconds: float) -> dict[str, Any]:
        """The next line; `Silent` if none comes in time."""
        try:
            line = self._lines.get(timeout=seconds)
        except queue.Empty:
            line = b""
        if not line:
            raise Silent(f"{self.process.args!r} said nothing in {seconds:.0f} s\n{self.last_words()}")
        heard: dict[str, Any] = json.loads(line)
        return heard

    def last_words(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")[-2000:]

    def end(self) -> None:
        """Close its input; a process of the bench ends at that. One that does not is killed."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        with suppress(BrokenPipeError):  # it has ended already
            self.process.stdin.close()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(STOP_SECONDS)
        self._reader.join(STOP_SECONDS)
        self.process.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        self.end()


@dataclass(frozen=True, slots=True)
class Cpu:
    """CPU seconds (user and system) since the start of a process."""

    service: float
    broker: float

    def __sub__(self, before: Cpu) -> Cpu:
        return Cpu(self.service - before.service, self.broker - before.broker)


def cpu_of(pid: int) -> Cpu:
    """What a service took, and what its children (the broker) took."""
    return Cpu(_seconds(pid), sum(_seconds(child) for child in children_of(pid)))


def children_of(pid: int) -> list[int]:
    """All processes below a process."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text(encoding="ascii").split():
            found += [int(child), *children_of(int(child))]
    return found


def _seconds(pid: int) -> float:
    # The name of the program may hold blanks; what follows its closing bracket does not.
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
