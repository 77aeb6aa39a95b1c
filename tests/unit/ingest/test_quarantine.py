"""What cannot be read is kept with its bytes and its reason, answered, and acknowledged; what reads as a
press is told to the duty desk all the same.
"""

from __future__ import annotations

import json

import pytest

from services.domain.events import Origin
from services.domain.records import QuarantineReason
from services.domain.wire import MAX_PAYLOAD
from tests.unit.ingest.door import NIGHT, Door, press

R = QuarantineReason


@pytest.mark.parametrize(
    ("topic", "payload", "reason"),
    [
        ("mat.1/event", "{", R.UNDECODABLE),
        ("mat.1/event", b"\x00\xff\xfe", R.UNDECODABLE),
        (
            "mat.1/event",
            '{"kind": "bed.exited", "data": {"filler": "' + "x" * MAX_PAYLOAD + '"}}',
            R.OVERSIZED,
        ),
        ("mat.1/event", '{"kind": "bed.flown"}', R.UNKNOWN_KIND),
        ("mat.1/event", '{"kind": "meal.ordered"}', R.KIND_NOT_FROM_DEVICES),
        ("mat.1/event", '{"kind": "bed.vitals", "data": {"heart_rate": -1}}', R.IMPOSSIBLE_VALUE),
        ("mat.1/event", '{"kind": "device.battery"}', R.IMPOSSIBLE_VALUE),
        ("mat.1/event", '{"kind": "device.battery", "data": {}}', R.IMPOSSIBLE_VALUE),
        ("nobody/event", '{"kind": "bed.exited"}', R.UNKNOWN_DEVICE),
        ("old/event", '{"kind": "bed.exited"}', R.RETIRED_DEVICE),
        ("mat.1/gossip", "{}", R.UNKNOWN_TOPIC),
        ("garden/gnome/hat", "{}", R.UNKNOWN_TOPIC),
    ],
)
def test_what_cannot_be_taken_in_is_set_aside_with_its_reason_and_tells_nobody(
    door: Door, topic: str, payload: str | bytes, reason: QuarantineReason
) -> None:
    for _ in range(2):
        door.comes(topic, payload, after=1)
    [entry] = door.quarantine
    given = payload.encode() if isinstance(payload, str) else payload
    assert (entry.reason, entry.count, entry.size) == (reason, 2, len(given))
    assert entry.payload == given[:MAX_PAYLOAD]
    assert entry.detail
    assert not entry.reads_as_press
    assert len(door.inbox.acknowledged) == 2
    assert door.events == []


def test_the_device_hears_that_its_message_was_set_aside(door: Door) -> None:
    door.comes("mat.1/event", {"id": "9", "kind": "bed.flown"})
    assert door.voice.said == [("anxin/v1/mat.1/receipt", {"id": "9", "result": "quarantined"})]


@pytest.mark.parametrize(
    ("topic", "payload", "kind", "device_id"),
    [
        ("nobody/event", json.dumps(press("1")), "call_button.pressed", None),
        ("nobody/event", '{"kind": "smoke.detected"}', "smoke.detected", None),
        ("nobody/alarm", "SOS", "call_button.pressed", None),
        ("button-1/alarm", "\x00\x01", "call_button.pressed", "dev_button"),
        ("button-1/event", '{"kind": "call_button.pressed"', "call_button.pressed", "dev_button"),
        (
            "mat.1/event",
            '{"kind": "fall.detected", "x": "' + "x" * MAX_PAYLOAD + '"}',
            "fall.detected",
            "dev_mat",
        ),
        ("somewhere/else/entirely", "call_button.pressed", "call_button.pressed", None),
    ],
)
def test_what_reads_as_a_press_is_told_as_of_unknown_origin_and_names_the_device_if_it_is_known(
    door: Door, topic: str, payload: str, kind: str, device_id: str | None
) -> None:
    door.comes(topic, payload)
    [event] = door.events
    assert (event.kind, event.origin) == (kind, Origin.HOUSE)
    assert (event.device_id, event.resident_id, event.home_id) == (device_id, None, None)
    assert event.data["unknown_origin"] is True
    assert event.data["topic"].endswith(topic)
    assert [entry.reads_as_press for entry in door.quarantine] == [True]


def test_a_press_of_unknown_origin_is_told_once_a_topic_in_ten_minutes_and_counted(door: Door) -> None:
    for after in (0, 1, 300, 298.9):
        door.comes("nobody/alarm", press("1"), after=after)
    door.comes("another/alarm", press("1"))
    assert [event.data["topic"] for event in door.presses] == [
        "anxin/v1/nobody/alarm",
        "anxin/v1/another/alarm",
    ]
    assert [entry.count for entry in door.quarantine] == [4, 1]
    door.comes("nobody/alarm", press("1"), after=0.1)
    assert len(door.presses) == 3


def test_what_only_speaks_of_a_press_is_none(door: Door) -> None:
    door.comes("nobody/event", {"kind": "bed.exited", "data": {"note": "no call_button.pressed"}})
    assert door.events == []


def test_a_press_with_faults_beside_it_is_the_presss_device_and_kept_in_quarantine_too(door: Door) -> None:
    door.comes("button-1/event", press("1", data={"press": ["hold"]}))
    [event] = door.presses
    assert (event.device_id, event.resident_id, event.data) == ("dev_button", "res_pema", {})
    assert [entry.reason for entry in door.quarantine] == [R.IMPOSSIBLE_VALUE]
    assert door.receipts == ["stored"]


@pytest.mark.parametrize(
    "beside",
    [
        '"data": {"note": "\\ud800"}',
        '"data": {"\\udfff": 1}',
        '"occurred_at": "\\ud800"',
        '"data": {"n": ' + "9" * 5000 + "}",
        '"data": {"n": ' + "[" * 300 + "]" * 300 + "}",
    ],
)
def test_a_press_is_not_lost_for_what_no_strict_reader_takes_beside_it(door: Door, beside: str) -> None:
    door.comes("button-1/alarm", f'{{"id": "1", "kind": "call_button.pressed", {beside}}}')
    [event] = door.presses
    assert (event.device_id, event.resident_id) == ("dev_button", "res_pema")
    assert [entry.reason for entry in door.quarantine] == [R.IMPOSSIBLE_VALUE]
    assert door.voice.said[-1] == ("anxin/v1/button-1/receipt", {"id": "1", "result": "stored"})


@pytest.mark.parametrize("own_id", ["\\ud800", "\\u0000", "a\\u0000b"])
def test_a_press_whose_id_no_store_takes_is_one_without_an_id(door: Door, own_id: str) -> None:
    door.comes("button-1/alarm", f'{{"id": "{own_id}", "kind": "call_button.pressed"}}')
    [event] = door.presses
    assert (event.resident_id, event.device_event_id) == ("res_pema", None)


def test_a_byte_order_mark_costs_no_press(door: Door) -> None:
    door.comes("button-1/alarm", "\ufeff" + json.dumps(press("1")))
    [event] = door.presses
    assert (event.resident_id, event.device_event_id) == ("res_pema", "1")


def test_a_press_of_a_retired_device_reaches_the_desk_and_no_home(door: Door) -> None:
    door.comes("old/alarm", press("1"))
    [event] = door.presses
    assert (event.device_id, event.resident_id, event.home_id) == ("dev_old", None, None)
    assert door.quarantine == []


def test_a_press_on_another_kind_of_device_is_a_press(door: Door) -> None:
    door.comes("mat.1/event", press("1"))
    assert [event.device_id for event in door.presses] == ["dev_mat"]


def test_a_message_is_a_sign_of_life_whatever_it_says(door: Door) -> None:
    door.comes("mat.1/event", "{")
    assert door.device("dev_mat").last_seen_at == NIGHT


def test_the_battery_is_noted_at_the_device(door: Door) -> None:
    door.comes("mat.1/event", {"kind": "device.battery", "data": {"percent": 12.5}})
    assert door.device("dev_mat").battery_percent == 12.5
