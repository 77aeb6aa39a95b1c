"""Presence is a state, retained by design: an event is only its change."""

from __future__ import annotations

from services.domain.devices import DeviceState
from tests.unit.ingest.door import NIGHT, Door


def kinds(door: Door) -> list[str]:
    return [event.kind for event in door.events]


def test_only_a_change_is_an_event(door: Door) -> None:
    for word in ("online", "online", "offline", "offline", "online"):
        door.comes("mat.1/status", word, after=60)
    assert kinds(door) == ["device.online", "device.offline", "device.online"]


def test_a_change_within_one_batch_and_over_a_restart_is_known(door: Door) -> None:
    for word in ("online", "offline", "offline"):
        door.put("mat.1/status", word)
    door.work()
    door.loop = door.new_loop()
    door.comes("mat.1/status", "offline", retained=True)
    assert kinds(door) == ["device.online", "device.offline"]


def test_a_retained_word_tells_of_a_change_that_was_missed(door: Door) -> None:
    door.comes("mat.1/status", "online")
    door.comes("mat.1/status", "offline", retained=True, after=3600)
    assert kinds(door) == ["device.online", "device.offline"]
    assert door.events[-1].resident_id == "res_pema"


def test_a_word_that_a_device_says_itself_is_a_sign_of_life_and_its_last_will_is_none(door: Door) -> None:
    door.comes("mat.1/status", "online")
    assert door.device("dev_mat").last_seen_at == NIGHT
    assert door.device("dev_mat").state is DeviceState.LIVE
    door.comes("mat.1/status", "offline", after=60)
    assert door.device("dev_mat").last_seen_at == NIGHT


def test_presence_as_an_event_is_the_same_and_answered(door: Door) -> None:
    for own_id in ("1", "2"):
        door.comes("mat.1/event", {"id": own_id, "kind": "device.online"})
    assert kinds(door) == ["device.online"]
    assert door.receipts == ["stored", "duplicate"]
