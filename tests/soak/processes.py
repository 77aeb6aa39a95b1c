"""Processes as the kernel lists them (Linux), for who kills them and waits for their end."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterable
from pathlib import Path

LOOK_EVERY_SECONDS = 0.02


class StillThere(Exception):
    """A process that was killed did not go."""


def children(pid: int) -> list[int]:
    """The processes that a process has started; its threads come and go meanwhile."""
    found: list[int] = []
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                found += map(int, (task / "children").read_text(encoding="ascii").split())
    return found


def name_of(pid: int) -> str:
    """The name of a process; empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def wait_until_gone(pids: Iterable[int], seconds: float) -> None:
    """Wait for the end of processes that are nobody's children here; `StillThere` if one stays."""
    never = threading.Event()
    for pid in pids:
        looks = int(seconds / LOOK_EVERY_SECONDS)
        while _is_running(pid):
            if looks <= 0:
                raise StillThere(f"process {pid} ({name_of(pid)})")
            looks -= 1
            never.wait(LOOK_EVERY_SECONDS)


def _is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
