"""A unit of work has every part that a store is to have, and makes none that nobody asks for."""

from __future__ import annotations

from pathlib import Path

from services.domain.ports import UnitOfWork
from tests.stores import RecordingSignals, sqlite_store

PARTS = sorted(UnitOfWork.__annotations__)


def test_every_part_is_there_and_stays_the_same(tmp_path: Path) -> None:
    with sqlite_store(tmp_path, RecordingSignals()).reading() as unit:
        for part in PARTS:
            assert getattr(unit, part) is getattr(unit, part)
        made = {type(getattr(unit, part)) for part in PARTS}
    assert len(made) == len(PARTS) - 7, "five registers and four removable ones are of two classes"


def test_what_is_not_asked_for_is_not_made(tmp_path: Path) -> None:
    with sqlite_store(tmp_path, RecordingSignals()).reading() as unit:
        assert unit.cursors.get("rules") == 0
        assert {part for part in PARTS if part in vars(unit)} == {"cursors", "events"}
