"""Forked: processes of `anxin` that begin where everything is loaded. To load its code takes a house longer
than all else it does at its start, and the tests start some hundred. So one process loads it once and starts
nothing, and each is forked from it: a process with a number, signals, output and an end of its own, with the
settings and the words of its call alone. The call as people type it is started from nothing, by the tests of
the command itself.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import IO

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["pytest", "tests.live.house.loaded"])
_running: dict[int, Forked] = {}


class Forked:
    """`anxin` with these words; spoken to as a `subprocess.Popen` is. What it says on standard error is added
    to ``log``.
    """

    def __init__(self, words: Sequence[str], env: Mapping[str, str], log: Path) -> None:
        reading, writing = _CONTEXT.Pipe(duplex=False)
        call = (list(words), dict(env), str(Path.cwd()), writing, str(log))
        self._process = _CONTEXT.Process(target=_become, args=call)
        self._process.start()
        _running[self.pid] = self
        writing.close()
        self.stdout: IO[str] = os.fdopen(os.dup(reading.fileno()), encoding="utf-8")
        reading.close()

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    def poll(self) -> int | None:
        """The exit code, None while it runs."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """The exit code; `subprocess.TimeoutExpired` if it runs on after ``timeout`` seconds."""
        self._process.join(timeout)
        code = self._process.exitcode
        if code is None:
            raise subprocess.TimeoutExpired("anxin", timeout or 0)
        _running.pop(self.pid, None)
        return code

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended. Any thread may, while another waits."""
        if self.pid in _running:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


@atexit.register
def _leave_nobody_behind() -> None:
    """A test that failed half way may have; whoever ends would wait for them without end."""
    for process in list(_running.values()):
        process.kill()


def called(
    words: Sequence[str | Path], env: Mapping[str, str], within: float = 30
) -> subprocess.CompletedProcess[str]:
    """What `anxin` says with these words, and its exit code; `TimeoutExpired` after ``within`` seconds."""
    with tempfile.NamedTemporaryFile("r", encoding="utf-8", prefix="anxin-said-") as errors:
        process = Forked([str(word) for word in words], env, Path(errors.name))
        is_late = threading.Event()

        def give_up() -> None:
            is_late.set()
            process.kill()

        late = threading.Timer(within, give_up)
        late.start()
        with process.stdout as output:
            printed = output.read()
        late.cancel()
        code = process.wait(within)
        if is_late.is_set():
            raise subprocess.TimeoutExpired("anxin", within)
        return subprocess.CompletedProcess(["anxin", *words], code, printed, errors.read())


def said(words: Sequence[str], env: Mapping[str, str]) -> str:
    """What `anxin` prints with these words; it has to succeed."""
    done = called(words, env)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def _become(words: list[str], env: dict[str, str], folder: str, output: Connection, log: str) -> None:
    os.environ.clear()
    os.environ.update(env)
    os.chdir(folder)
    sys.argv = ["anxin", *words]
    os.dup2(output.fileno(), 1)
    output.close()
    errors = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(errors, 2)
    os.close(errors)

    from services.wiring.cli import app  # noqa: PLC0415 - in the process that has it loaded

    app()
