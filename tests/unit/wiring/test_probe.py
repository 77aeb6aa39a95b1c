"""The probe: a store that refuses, one that hangs, a disk that fills; each in words that name nobody."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from services.domain.ports import Store, StoreUnavailable, UnitOfWork
from services.wiring.probe import CURSOR, DISK_LOW_BYTES, HANGS_SECONDS, Disk, Probe, disk_of
from tests.unit.wiring.test_pulse import Watch

PATIENCE = 10.0
ROOMY = Disk(2 * DISK_LOW_BYTES, DISK_LOW_BYTES)


class Refusing:
    """A store that refuses to be read, or to be written, or to come back."""

    def __init__(self, store: Store) -> None:
        self.reads = self.writes = True
        self.hangs: threading.Event | None = None
        self.asked = threading.Event()
        self._store = store

    @contextmanager
    def reading(self) -> Iterator[UnitOfWork]:
        self.asked.set()
        if self.hangs is not None:
            self.hangs.wait(PATIENCE)
        if not self.reads:
            raise StoreUnavailable("the server is gone\nDETAIL: who asked for 措姆")
        with self._store.reading() as uow:
            yield uow

    @contextmanager
    def writing(self) -> Iterator[UnitOfWork]:
        if not self.writes:
            raise StoreUnavailable("database or disk is full")
        with self._store.writing() as uow:
            yield uow


def test_what_is_well_gives_no_reason_and_was_really_written(store: Store, tmp_path: Path) -> None:
    probe = Probe(store, lambda: disk_of(tmp_path), Watch())
    for _ in range(2):
        probe.ask()
    assert probe.reasons() == []
    assert (probe.is_readable, probe.is_writable, probe.answers) == (True, True, True)
    with store.reading() as uow:
        assert uow.cursors.get(CURSOR) == 2


def test_a_store_that_refuses_says_which_and_recovers(store: Store) -> None:
    refusing = Refusing(store)
    probe = Probe(refusing, lambda: ROOMY, Watch())
    refusing.writes = False
    probe.ask()
    assert probe.reasons() == [
        "The store cannot be written: database or disk is full. Messages wait unacknowledged."
    ]
    assert (probe.is_readable, probe.is_writable) == (True, False)
    refusing.reads = False
    probe.ask()
    assert probe.reasons() == ["The store cannot be read: the server is gone."]
    assert (probe.is_readable, probe.answers) == (False, False)
    refusing.reads = refusing.writes = True
    probe.ask()
    assert probe.reasons() == []


def test_a_store_that_does_not_come_back_shows_from_outside(store: Store) -> None:
    refusing, watch = Refusing(store), Watch()
    refusing.hangs = threading.Event()
    probe = Probe(refusing, lambda: ROOMY, watch)
    probe.start()
    try:
        assert refusing.asked.wait(PATIENCE)
        watch.seconds += HANGS_SECONDS
        assert probe.reasons() == []
        watch.seconds += 5
        [said] = probe.reasons()
        assert said.startswith("The store has not answered for 15 s")
        assert not probe.answers
    finally:
        refusing.hangs.set()
        assert probe.stop(PATIENCE)
    assert probe.reasons() == []


def test_a_disk_is_nearly_full_below_the_mark_and_not_at_it(store: Store) -> None:
    disks = [ROOMY, Disk(ROOMY.total, DISK_LOW_BYTES - 1)]
    probe = Probe(store, lambda: disks.pop(0), Watch())
    probe.ask()
    assert probe.reasons() == []
    probe.ask()
    [said] = probe.reasons()
    assert said.startswith("The disk of the data folder is nearly full: 499 MB are free.")
