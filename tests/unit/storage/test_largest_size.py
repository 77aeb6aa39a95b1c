"""A SQLite file grows to the size that was set and no further, and keeps what it has."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.domain.ports import StoreUnavailable
from services.domain.records import Quarantined, QuarantineReason
from services.storage.store import SqlStore
from tests.stores import RecordingSignals, sqlite_url

NOON = datetime(2025, 7, 23, 4, tzinfo=UTC)
MIB = 1024 * 1024


def _heavy(number: int) -> Quarantined:
    reason = QuarantineReason.UNDECODABLE
    return Quarantined(f"qua_{number}", f"topic/{number}", b"x" * 60_000, reason, "", NOON, NOON)


def test_beyond_its_largest_size_the_store_is_unavailable_and_keeps_what_it_has(tmp_path: Path) -> None:
    store = SqlStore(sqlite_url(tmp_path), RecordingSignals(), most_bytes=2 * MIB)
    try:
        with pytest.raises(StoreUnavailable):  # noqa: PT012 - one of these is the first that does not fit
            for number in range(40):
                with store.writing() as uow:
                    uow.quarantine.add([_heavy(number)])
        with store.reading() as uow:
            assert len(uow.quarantine.page({}, 0, 500).items) > 10
    finally:
        store.close()
    assert (tmp_path / "anxin.db").stat().st_size <= 2 * MIB
