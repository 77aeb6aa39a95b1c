"""A service of the simulator's own: started on stepped time with an empty data folder, and stopped again,
whatever happens in between. It knows the commands `up` and `token add` of the contract, and nothing of what
they start.
"""

import json
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import IO

READY_WITHIN = timedelta(seconds=60)
STOPPED_WITHIN = timedelta(seconds=10)


class ServiceDidNotStart(Exception):
    """The service ended or stayed silent before it was ready; its own words say why."""


@dataclass(frozen=True, slots=True)
class Service:
    """Where a service is to be spoken to, and a token that may do everything there."""

    url: str
    token: str


@contextmanager
def own_service(command: Sequence[str], now: datetime) -> Iterator[Service]:
    """A service that stands at ``now``, for as long as the context lasts. ``command`` is `anxin`, as it is
    started.
    """
    with tempfile.TemporaryDirectory(prefix="anxin-simulate-") as folder:
        data_dir, log = Path(folder) / "data", Path(folder) / "log"
        instant = now.astimezone(UTC).isoformat().replace("+00:00", "Z")
        options = ["--clock", "stepped", "--now", instant, "--data-dir", str(data_dir)]
        with log.open("wb") as words:
            process = subprocess.Popen(
                [*command, "up", *options, "--http-port", "0", "--mqtt-port", "0"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=words,
            )
        try:
            url = _ready(process, log)
            yield Service(url, _token(command, data_dir))
        finally:
            _stop(process)


def _ready(process: subprocess.Popen[bytes], log: Path) -> str:
    """Wait for the one line that says where it is, as long as it may still come."""
    lines: SimpleQueue[bytes] = SimpleQueue()
    assert process.stdout is not None  # noqa: S101 - it was asked for as a pipe
    Thread(target=_read, args=(process.stdout, lines), name="service-output", daemon=True).start()
    try:
        while line := lines.get(timeout=READY_WITHIN.total_seconds()):
            url = _address_in(line)
            if url is not None:
                return url
    except Empty:
        pass
    _stop(process)
    words = log.read_text("utf-8", errors="replace").strip()[-2000:]
    raise ServiceDidNotStart(f"the service did not become ready (exit code {process.returncode}): {words}")


def _address_in(line: bytes) -> str | None:
    try:
        said = json.loads(line)
    except ValueError:
        return None
    return str(said["http"]) if isinstance(said, dict) and said.get("ready") else None


def _read(output: IO[bytes], lines: SimpleQueue[bytes]) -> None:
    """Read on after the ready line, or a full pipe would hold the service up; its end is told by an empty
    line.
    """
    for line in output:
        lines.put(line)
    lines.put(b"")
    output.close()


def _token(command: Sequence[str], data_dir: Path) -> str:
    made = subprocess.run(
        [*command, "token", "add", "--role", "admin", "--data-dir", str(data_dir)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=READY_WITHIN.total_seconds(),
    )
    if made.returncode:
        raise ServiceDidNotStart(
            f"no token was to be had: {made.stderr.decode(errors='replace').strip()[-2000:]}"
        )
    return made.stdout.decode().strip()


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(STOPPED_WITHIN.total_seconds())
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
