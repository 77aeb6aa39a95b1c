"""What was committed is there after a crash, whole and in order, and nothing stands in the way."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from services.storage.store import SqlStore
from tests.contracts.cast import event
from tests.stores import RecordingSignals


def test_a_writer_that_is_killed_loses_nothing_it_committed(url: str) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-m", "tests.contracts.endless_writer", url],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert writer.stdout is not None
    for _ in range(25):
        writer.stdout.readline()
    writer.kill()
    said = [int(line) for line in writer.stdout.read().split()]
    writer.stdout.close()
    writer.wait(30)

    store = SqlStore(url, RecordingSignals(), patience=timedelta(seconds=10))
    with store.writing() as unit:
        [after] = unit.events.append([event("after the crash")])
    with store.reading() as unit:
        kept = [stored.seq for stored in unit.events.after(0, 100_000)]
    store.close()
    committed = kept[:-1]
    assert committed == list(range(1, len(committed) + 1))
    assert len(committed) % 3 == 0
    assert len(committed) >= max(said, default=75)
    assert after.event.seq == len(committed) + 1
