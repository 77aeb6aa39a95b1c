"""The disk of the data folder: room, inodes, and how long it takes until something is safe on it."""

from __future__ import annotations

import os
import statistics
import tempfile
from collections.abc import Iterator

from services.wiring.doctor import thresholds
from services.wiring.doctor.installation import Installation
from services.wiring.doctor.judgement import Judgement, fault, ok, to_see_to

PAGE = 4096
MEGABYTE = 1_000_000


def room(house: Installation) -> Iterator[Judgement]:
    if not house.data_dir.is_dir():
        return
    at = os.statvfs(house.data_dir)
    free = at.f_bavail * at.f_frsize
    database = house.data_dir / "anxin.db"
    wanted = max(thresholds.FREE_WANTED, database.stat().st_size if database.exists() else 0)
    said = f"{free // MEGABYTE} MB free"
    if free < thresholds.FREE_AT_LEAST:
        yield fault(
            "disk space", said, "Make room now: on a full disk nothing is stored, presses go by memory alone."
        )
    elif free < wanted:
        yield to_see_to(
            "disk space",
            said,
            f"Make room: {wanted // MEGABYTE} MB are what growth and an upgrade may need.",
        )
    else:
        yield ok("disk space", said)
    if at.f_files:  # some file systems have no fixed number
        yield _inodes(at.f_favail)


def _inodes(free: int) -> Judgement:
    if free < thresholds.INODES_AT_LEAST:
        return fault("inodes", f"{free} free", "Remove small files: without inodes no new file can be made.")
    return ok("inodes", f"{free} free")


def speed(house: Installation) -> Iterator[Judgement]:
    """Time the syncs of a file that never has a name, so nothing is left behind whatever happens."""
    if not os.access(house.data_dir, os.W_OK | os.X_OK):
        return
    taken = []
    try:
        with tempfile.TemporaryFile(dir=house.data_dir) as file:
            for _ in range(thresholds.FSYNCS):
                file.write(bytes(PAGE))
                file.flush()
                before = house.stopwatch()
                os.fsync(file.fileno())
                taken.append(house.stopwatch() - before)
    except OSError as error:
        yield fault("disk speed", f"nothing can be written: {error.strerror}", "See to the disk at once.")
        return
    middle = statistics.median(taken)
    said = f"{middle * 1000:.1f} ms until a write is safe"
    if middle >= thresholds.FSYNC_TOO_SLOW:
        yield fault("disk speed", said, "Look for a failing disk or a busy neighbour; move the data folder.")
    elif middle >= thresholds.FSYNC_SLOW:
        yield to_see_to("disk speed", said, "Each press waits for this: a local SSD takes under 5 ms.")
    else:
        yield ok("disk speed", said)
