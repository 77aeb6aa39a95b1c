"""A process that stores events for ever and says after each commit how far it came; somebody will kill it."""

from __future__ import annotations

import itertools
import sys

from services.storage.store import SqlStore
from tests.contracts.cast import event
from tests.stores import RecordingSignals


def write_for_ever(url: str) -> None:
    store = SqlStore(url, RecordingSignals())
    for number in itertools.count():
        with store.writing() as unit:
            stored = unit.events.append([event(f"{number}-{part}") for part in range(3)])
        sys.stdout.write(f"{stored[-1].event.seq}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    write_for_ever(sys.argv[1])
