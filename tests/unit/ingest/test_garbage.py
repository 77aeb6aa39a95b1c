"""Whatever comes, ingest goes on, every message is acknowledged once, and a press among garbage is stored."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as some

from services.domain.kinds import ALARM_KINDS, DEVICE_KINDS, KINDS
from tests.unit.ingest.door import Door, press

json_values = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=20),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
almost_events = some.fixed_dictionaries(
    {},
    optional={
        "kind": some.sampled_from(sorted(KINDS)) | json_values,
        "id": some.text(max_size=70) | json_values,
        "occurred_at": some.sampled_from(
            ["2025-07-23T02:13:05+08:00", "2025-07-23T02:13:05", "0001-01-01T00:00:00Z"]
        )
        | some.datetimes().map(str)
        | json_values,
        "data": some.dictionaries(
            some.sampled_from(["heart_rate", "percent", "press", "movement"]) | some.text(max_size=8),
            json_values,
            max_size=4,
        )
        | json_values,
    },
)
payloads = (
    some.binary(max_size=60)
    | some.sampled_from(
        [b"online", b"offline", b"call_button.pressed", b"[" * 5000, b"\xef\xbb\xbf{}", b"1" * 6000]
    )
    | json_values.map(lambda value: json.dumps(value).encode())
    | almost_events.map(lambda value: json.dumps(value).encode())
)


def with_kind(said: dict[str, Any], kind: str) -> dict[str, Any]:
    return said | {"kind": kind}


devices = some.sampled_from(["button-1", "mat.1", "old", "nobody", "~", "", "床"]) | some.text(max_size=12)
topics = (
    some.tuples(devices, some.sampled_from(["event", "alarm", "status", "receipt", "", "event/event"])).map(
        lambda parts: f"anxin/v1/{parts[0]}/{parts[1]}"
    )
    | some.text(max_size=30)
    | some.just("anxin/v1/" + "x" * 5000 + "/event")
)
messages = some.lists(some.tuples(topics, payloads, some.booleans(), some.floats(0, 4000)), max_size=12)


@settings(max_examples=75, deadline=None)
@given(garbage=messages, place=some.integers(0, 12))
def test_a_press_among_garbage_is_stored_and_everything_is_acknowledged_once(
    garbage: list[tuple[str, bytes, bool, float]], place: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        door = Door(Path(folder))
        try:
            for topic, payload, retained, after in garbage[:place]:
                door.put(topic, payload, retained=retained, after=after)
            door.put("anxin/v1/button-1/alarm", press("the one that counts"))
            for topic, payload, retained, after in garbage[place:]:
                door.put(topic, payload, retained=retained, after=after)
            given_messages = list(door.inbox.waiting)
            door.work()
            assert [
                event.resident_id for event in door.events if event.device_event_id == "the one that counts"
            ] == ["res_pema"]
            assert sorted(map(id, door.inbox.acknowledged)) == sorted(map(id, given_messages))
            assert all(event.kind in DEVICE_KINDS for event in door.events)
        finally:
            door.close()


@settings(max_examples=150, deadline=None)
@given(
    said=some.builds(with_kind, almost_events, some.sampled_from(sorted(ALARM_KINDS))),
    lane=some.sampled_from(["event", "alarm"]),
)
def test_whatever_stands_beside_an_alarm_it_becomes_its_devices_event(
    said: dict[str, Any], lane: str
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        door = Door(Path(folder))
        try:
            door.comes(f"button-1/{lane}", json.dumps(said))
            alarm_events = [event for event in door.events if event.kind == said["kind"]]
            assert [event.device_id for event in alarm_events] == ["dev_button"]
        finally:
            door.close()
