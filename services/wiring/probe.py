"""The probe: asks the store and the disk every few seconds whether they still do their work.

It has a thread of its own, because whoever asks a database that hangs hangs too. Whoever wants to know reads
what was last found, and for how long the present question has had no answer; that never waits.
"""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from services.domain.ports import Store, StoreUnavailable, UnitOfWork
from services.wiring.pulse import Stopwatch

EVERY_SECONDS = 5.0
HANGS_SECONDS = 10.0
"""The store itself gives up on a writer's turn after 5 s; who has no answer after twice that will get none
soon.
"""
DISK_LOW_BYTES = 500_000_000
"""About a week of events of a county of 1,000 homes, and room for the database to put itself in order."""
CURSOR = "readiness"
"""What is written to find out whether writing works: a row of its own among the cursors."""

log = logging.getLogger("anxin.probe")


@dataclass(frozen=True, slots=True)
class Disk:
    """Bytes of the disk on which the data folder lies."""

    total: int
    free: int


def disk_of(folder: Path) -> Disk:
    """The disk of a folder, as the machine says."""
    usage = shutil.disk_usage(folder)
    return Disk(usage.total, usage.free)


class Probe:
    """Watches the store and the disk of one process."""

    def __init__(self, store: Store, disk: Callable[[], Disk], stopwatch: Stopwatch) -> None:
        self.is_readable = True
        self.is_writable = True
        self.disk: Disk | None = None
        self.waiting: dict[tuple[str, str], float] = {}
        """What `asks_as_well` answered last."""
        self.asks_as_well: Callable[[UnitOfWork], dict[tuple[str, str], float]] = lambda _uow: {}
        self._store = store
        self._look_at_disk = disk
        self._stopwatch = stopwatch
        self._store_reason: str | None = None
        self._disk_reason: str | None = None
        self._asked_at: float | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="anxin-probe", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, seconds: float) -> bool:
        """End; True if it did within ``seconds``."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout=seconds)
        return not self._thread.is_alive()

    @property
    def hangs_for(self) -> float:
        """Seconds for which the present question has had no answer, 0 if that is not long."""
        asked_at = self._asked_at
        waited = 0.0 if asked_at is None else self._stopwatch() - asked_at
        return waited if waited > HANGS_SECONDS else 0.0

    @property
    def answers(self) -> bool:
        """Whether it makes sense to ask the store for figures."""
        return self.is_readable and not self.hangs_for

    def reasons(self) -> list[str]:
        """What is wrong with store and disk now, a sentence each."""
        said = [self._store_reason, self._disk_reason]
        if self.hangs_for:
            said[0] = (
                f"The store has not answered for {self.hangs_for:.0f} s; nothing is stored meanwhile, and "
                "devices keep what they say. Look at the database server."
            )
        return [each for each in said if each]

    def ask(self) -> None:
        """Ask once; the thread does so again and again."""
        self._asked_at = self._stopwatch()
        try:
            self._store_reason = self._ask_store()
            self._disk_reason = self._ask_disk()
        finally:
            self._asked_at = None

    def _work(self) -> None:
        while True:
            try:
                self.ask()
            except Exception:
                log.exception("the store could not be asked whether it is well")
                self.is_readable = self.is_writable = False
                self._store_reason = "The store answers with a fault; the log says which."
            if self._stopping.wait(EVERY_SECONDS):
                return

    def _ask_store(self) -> str | None:
        try:
            with self._store.reading() as uow:
                asked = uow.cursors.get(CURSOR)
                self.waiting = self.asks_as_well(uow)
        except StoreUnavailable as error:
            self.is_readable = self.is_writable = False
            return f"The store cannot be read: {_in_short(error)}."
        self.is_readable = True
        try:
            with self._store.writing() as uow:
                uow.cursors.set(CURSOR, asked + 1)
        except StoreUnavailable as error:
            self.is_writable = False
            return f"The store cannot be written: {_in_short(error)}. Messages wait unacknowledged."
        self.is_writable = True
        return None

    def _ask_disk(self) -> str | None:
        try:
            self.disk = disk = self._look_at_disk()
        except OSError as error:
            return f"The disk of the data folder does not answer: {error.strerror}."
        if disk.free >= DISK_LOW_BYTES:
            return None
        return (
            f"The disk of the data folder is nearly full: {disk.free // 1_000_000} MB are free. "
            "Make room before nothing can be stored."
        )


def _in_short(error: Exception) -> str:
    return str(error).partition("\n")[0].rstrip(".")
