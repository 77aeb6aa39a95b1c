"""A message from quarantine can be taken in once its cause is mended; never twice, and as no sign of life."""

from __future__ import annotations

from datetime import timedelta

from services.domain.devices import Device, DeviceType, Ecosystem
from services.domain.events import Mark
from services.domain.wire import MAX_PAYLOAD
from services.ingest.replay import Replayed, replay
from tests.unit.ingest.door import NIGHT, SHANGHAI, Door


def again(door: Door) -> Replayed:
    [entry] = door.quarantine
    return replay(entry, door.store, door.clock, SHANGHAI)


def register(door: Door, name: str) -> None:
    with door.store.writing() as unit:
        unit.devices.add(
            Device(f"dev_{name}", name, Ecosystem.NATIVE, DeviceType.BED_SENSOR, resident_id="res_pema")
        )


def test_once_the_device_is_registered_its_message_becomes_an_event_of_when_it_came(door: Door) -> None:
    door.comes("new-mat/event", {"kind": "bed.exited"})
    register(door, "new-mat")
    door.clock.at += timedelta(days=1)
    answer = again(door)
    assert answer.is_new
    [event] = door.events
    assert (event.device_id, event.occurred_at) == ("dev_new-mat", NIGHT)
    assert event.received_at == NIGHT + timedelta(days=1)
    assert event.marks == (Mark.REPLAYED,)
    assert door.quarantine[0].replayed_at == door.clock.at
    assert door.device("dev_new-mat").last_seen_at is None


def test_a_second_replay_makes_no_second_event(door: Door) -> None:
    door.comes("new-mat/event", {"kind": "bed.exited"})
    register(door, "new-mat")
    assert again(door).is_new
    door.clock.at += timedelta(minutes=1)
    assert not again(door).is_new
    assert len(door.events) == 1


def test_a_replay_that_fails_says_why_and_changes_nothing(door: Door) -> None:
    door.comes("nobody/alarm", {"kind": "call_button.pressed"})
    before = door.quarantine
    door.clock.at += timedelta(hours=1)
    answer = again(door)
    assert (answer.event, answer.reason) == (None, "no device of that name is registered")
    assert door.quarantine == before
    assert len(door.presses) == 1


def test_a_message_of_which_only_a_part_was_kept_cannot_be_replayed(door: Door) -> None:
    door.comes("mat.1/event", '{"kind": "bed.exited", "data": {"filler": "' + "x" * MAX_PAYLOAD + '"}}')
    assert "bytes were kept" in again(door).reason
