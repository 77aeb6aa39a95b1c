"""A device that floods: its readings are thinned and that is said; its presses go through."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from services.domain.records import QuarantineReason
from services.ingest.flooding import RateLimit
from tests.unit.ingest.door import NIGHT, Door, press

VITALS = {"kind": "bed.vitals", "data": {"heart_rate": 61}}


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    door = Door(tmp_path, RateLimit(a_second=2, burst=10))
    yield door
    door.close()


def test_readings_beyond_the_limit_are_passed_over_and_acknowledged(door: Door) -> None:
    for _ in range(50):
        door.put("mat.1/event", VITALS)
    door.work()
    assert len(door.events) == 10
    assert len(door.inbox.acknowledged) == 50
    door.comes("mat.1/event", VITALS, after=0.5)
    assert len(door.events) == 11


def test_presses_and_bed_exits_go_through_whatever_floods(door: Door) -> None:
    for number in range(50):
        door.put("mat.1/event", VITALS)
        door.put("mat.1/event", press(str(number)))
        door.put("mat.1/event", {"kind": "bed.exited", "id": f"b{number}"})
    door.work()
    assert len(door.presses) == 50
    assert len(door.events) == 110


def test_others_do_not_notice(door: Door) -> None:
    for _ in range(50):
        door.put("mat.1/event", VITALS)
    door.put("button-1/event", {"kind": "device.battery", "data": {"percent": 80}})
    door.work()
    assert door.events[-1].device_id == "dev_button"


def test_what_was_passed_over_is_said_at_once_and_then_once_a_minute_and_counted(door: Door) -> None:
    for _ in range(30):
        door.put("mat.1/event", VITALS)
    door.work()
    [note] = door.quarantine
    assert (note.reason, note.external_id, note.count) == (QuarantineReason.FLOODING, "mat.1", 20)
    for _ in range(4):
        door.comes("mat.1/event", VITALS)
    assert [note.count for note in door.quarantine] == [20]
    due_at = door.loop.next_due_at()
    assert due_at == NIGHT + timedelta(minutes=1)
    door.clock.at = due_at
    door.work()
    assert [note.count for note in door.quarantine] == [24]
    assert door.loop.next_due_at() is None


def test_a_flooding_device_hears_that_its_reading_was_not_kept(door: Door) -> None:
    for number in range(11):
        door.put("mat.1/event", VITALS | {"id": str(number)})
    door.work()
    assert door.receipts == ["stored"] * 10 + ["quarantined"]
