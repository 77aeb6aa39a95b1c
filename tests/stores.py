"""A store for a test: the real one on a file of its own, with the schema that the migrations make. The file
is a copy of one that was migrated once a process, so a test pays a few milliseconds; the disk is not waited
for.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from services.domain.ports import Signals, Store, Topic
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


def settled_store(folder: Path, settle: Callable[[Store], None], signals: Signals | None = None) -> SqlStore:
    """A store in ``folder`` with what ``settle`` puts into an empty one: a copy too, so it may put nothing
    that is to differ from test to test.
    """
    (folder / "anxin.db").write_bytes(_settled(settle))
    return sqlite_store(folder, signals)


def sqlite_url(folder: Path) -> str:
    """The address of a migrated, empty database in ``folder``; an existing one is left as it is."""
    path = folder / "anxin.db"
    if not path.exists():
        path.write_bytes(_migrated())
    return f"sqlite:///{path}"


@cache
def _migrated() -> bytes:
    with tempfile.TemporaryDirectory(prefix="anxin-schema-") as folder:
        migrate.upgrade(f"sqlite:///{folder}/anxin.db")
        return Path(folder, "anxin.db").read_bytes()


@cache
def _settled(settle: Callable[[Store], None]) -> bytes:
    with tempfile.TemporaryDirectory(prefix="anxin-settled-") as folder:
        store = sqlite_store(Path(folder))
        settle(store)
        store.close()
        assert not Path(folder, "anxin.db-wal").exists(), "something is not in the file yet"
        return Path(folder, "anxin.db").read_bytes()
