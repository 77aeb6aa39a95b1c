"""A store for a test: the real one on a file of its own, with the schema that the migrations make. The file
is a copy of one that was migrated once a process, so a test pays a few milliseconds; the disk is not waited
for.
"""

from __future__ import annotations

import shutil
import tempfile
from functools import cache
from pathlib import Path

from services.domain.ports import Signals, Topic
from services.storage import migrate
from services.storage.engines import Synchronous
from services.storage.store import SqlStore


class RecordingSignals:
    """Signals that only remember who was woken."""

    def __init__(self) -> None:
        self.woken: list[Topic] = []

    def wake(self, topic: Topic) -> None:
        self.woken.append(topic)


def sqlite_store(folder: Path, signals: Signals | None = None) -> SqlStore:
    """An empty store in ``folder``; whoever asks for it closes it."""
    return SqlStore(sqlite_url(folder), signals or RecordingSignals(), synchronous=Synchronous.OFF)


def sqlite_url(folder: Path) -> str:
    """The address of a migrated, empty database in ``folder``; an existing one is left as it is."""
    path = folder / "anxin.db"
    if not path.exists():
        path.write_bytes(_migrated())
    return f"sqlite:///{path}"


@cache
def _migrated() -> bytes:
    folder = Path(tempfile.mkdtemp(prefix="anxin-schema-"))
    try:
        migrate.upgrade(f"sqlite:///{folder / 'anxin.db'}")
        return (folder / "anxin.db").read_bytes()
    finally:
        shutil.rmtree(folder)
