"""A service of the simulator's own: started on stepped time with an empty data folder, and stopped again,
whatever happens in between; killed and started anew on the same folder and ports where a story wants that. It
knows the commands `up` and `token add` of the contract, and nothing of what they start.
"""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import IO
from urllib.parse import urlsplit

MEMORY = Path("/dev/shm")  # noqa: S108 - the folder within has a name of its own
ROOM = 2 * 1024**3
"""Bytes: twice what a month of a community takes, its broker included."""
READY_WITHIN = timedelta(seconds=60)
STOPPED_WITHIN = timedelta(seconds=10)


class ServiceDidNotStart(Exception):
    """The service ended or stayed silent before it was ready; its own words say why."""


@dataclass(frozen=True, slots=True)
class Service:
    """Where a service is to be spoken to, and a token that may do everything there."""

    url: str
    token: str


@dataclass(frozen=True, slots=True)
class _Life:
    """One process of the service, and what it says."""

    process: subprocess.Popen[bytes]
    lines: SimpleQueue[bytes]


class OwnService:
    """One installation in one folder: life after life on the same ports, so that nobody outside has to learn
    where it is again.
    """

    def __init__(self, command: Sequence[str], folder: Path, settings: Mapping[str, str]) -> None:
        self._command = command
        self._environment = {**without_settings(os.environ), **settings}
        self.data_dir = folder / "data"
        self._log = folder / "log"
        self._life: _Life | None = None
        self._token_made: subprocess.Popen[bytes] | None = None
        self._ports = (0, 0)
        self.url = ""
        self.token = ""

    @property
    def pid(self) -> int:
        """The process that runs now, 0 while none does."""
        return self._life.process.pid if self._life is not None else 0

    def begin(self, now: datetime) -> None:
        """Start a process that stands at ``now``; does not wait for it. With the first one a token is made,
        beside it: whichever of the two comes first makes the store, and the other finds it there.
        """
        instant = now.astimezone(UTC).isoformat().replace("+00:00", "Z")
        http_port, mqtt_port = map(str, self._ports)
        options = ["--clock", "stepped", "--now", instant, "--data-dir", str(self.data_dir)]
        with self._log.open("ab") as words:
            process = subprocess.Popen(
                [*self._command, "up", *options, "--http-port", http_port, "--mqtt-port", mqtt_port],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=words,
                env=self._environment,
            )
        assert process.stdout is not None  # noqa: S101 - it was asked for as a pipe
        lines: SimpleQueue[bytes] = SimpleQueue()
        Thread(target=_read, args=(process.stdout, lines), name="service-output", daemon=True).start()
        self._life = _Life(process, lines)
        if not self.token and self._token_made is None:
            self._token_made = _making_token(self._command, self.data_dir, self._environment)

    def wait_until_ready(self) -> None:
        """Wait for the one line that says where it is; `ServiceDidNotStart` if it never comes."""
        assert self._life is not None  # noqa: S101 - whoever waits has begun
        said = _ready(self._life.lines)
        if said is None:
            code = self._life.process.poll()
            self.stop()
            words = self._log.read_text("utf-8", errors="replace").strip()[-2000:]
            raise ServiceDidNotStart(f"the service did not become ready (exit code {code}): {words}")
        self.url, mqtt = str(said["http"]), str(said.get("mqtt", ""))
        self._ports = (urlsplit(self.url).port or 0, urlsplit(mqtt).port or 0)
        if self._token_made is not None:
            self.token = _token(self._token_made)
            self._token_made = None

    def kill(self) -> None:
        """End it as a power cut would (SIGKILL), and wait for its end."""
        if self._life is not None:
            self._life.process.kill()
            self._life.process.wait()
            self._life = None

    def stop(self) -> None:
        """End it in good order, or, if that takes too long, as it comes."""
        if self._token_made is not None:
            made, self._token_made = self._token_made, None
            made.kill()
            made.communicate()
        if self._life is None:
            return
        process, self._life = self._life.process, None
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(STOPPED_WITHIN.total_seconds())
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def own_service(
    command: Sequence[str], now: datetime, settings: Mapping[str, str] | None = None
) -> Iterator[OwnService]:
    """A service that stands at ``now``, for as long as the context lasts; whoever needs it waits until it is
    ready. ``command`` is `anxin`, as it is started; ``settings`` are its variables, and it has no others.
    """
    with tempfile.TemporaryDirectory(prefix="anxin-simulate-", dir=_in_memory()) as folder:
        service = OwnService(command, Path(folder), settings or {})
        try:
            service.begin(now)
            yield service
        finally:
            service.stop()


def _in_memory() -> str | None:
    """A file system in memory with room enough, where there is one: what is thrown away afterwards need not
    wait for a disk. Whoever names a folder by TMPDIR has it there.
    """
    if "TMPDIR" in os.environ or not MEMORY.is_dir() or not os.access(MEMORY, os.W_OK):
        return None
    return str(MEMORY) if shutil.disk_usage(MEMORY).free >= ROOM else None


def _ready(lines: SimpleQueue[bytes]) -> dict[str, object] | None:
    """What the ready line says; None if the process ended or said nothing in time."""
    try:
        while line := lines.get(timeout=READY_WITHIN.total_seconds()):
            try:
                said = json.loads(line)
            except ValueError:
                continue
            if isinstance(said, dict) and said.get("ready"):
                return said
    except Empty:
        pass
    return None


def _read(output: IO[bytes], lines: SimpleQueue[bytes]) -> None:
    """Read on after the ready line, or a full pipe would hold the service up; its end is told by an empty
    line.
    """
    for line in output:
        lines.put(line)
    lines.put(b"")
    output.close()


def without_settings(environment: Mapping[str, str]) -> dict[str, str]:
    """Without those of a real installation on this machine: a story must never reach its database, its mail
    server or its last resort, and comes out the same everywhere.
    """
    return {name: value for name, value in environment.items() if not name.startswith("ANXIN_")}


def _making_token(
    command: Sequence[str], data_dir: Path, environment: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*command, "token", "add", "--role", "admin", "--data-dir", str(data_dir)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
    )


def _token(made: subprocess.Popen[bytes]) -> str:
    secret, words = made.communicate(timeout=READY_WITHIN.total_seconds())
    if made.returncode:
        raise ServiceDidNotStart(f"no token was to be had: {words.decode(errors='replace').strip()[-2000:]}")
    return secret.decode().strip()
