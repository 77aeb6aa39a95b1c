"""Processes as the kernel lists them (Linux), to find the broker under the simulator's own service. It ends
nothing that is not a child of a process it is given.
"""

import contextlib
import os
import signal
from pathlib import Path

BROKER = "nats-server"


def broker_of(pid: int) -> int | None:
    """The broker's process under a service's; None while there is none."""
    return next((child for child in _children(pid) if _name_of(child) == BROKER), None)


def kill(pid: int) -> None:
    """End a process as a power cut would; nothing if it has ended."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _children(pid: int) -> list[int]:
    """Those that any of its threads has started; threads come and go meanwhile."""
    found: list[int] = []
    with contextlib.suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            with contextlib.suppress(OSError):
                found += map(int, (thread / "children").read_text("ascii").split())
    return found


def _name_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text("utf-8").strip()
    except OSError:
        return ""
