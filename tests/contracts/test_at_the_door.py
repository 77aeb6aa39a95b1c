"""The contract of what ingest asks by the batch: devices by their names on the wire, events by their devices'
own ids, and the small notes about a device that must touch nothing else of it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from services.domain.devices import Device, DeviceState, DeviceType, Ecosystem
from services.domain.ports import Store
from tests.contracts.cast import NIGHT, event


def device(name: str, **said: Any) -> Device:
    values: dict[str, Any] = {
        "id": f"dev_{name}",
        "external_id": name,
        "ecosystem": Ecosystem.NATIVE,
        "type": DeviceType.CALL_BUTTON,
    }
    return Device(**(values | said))


def test_many_devices_are_found_by_their_names_of_one_ecosystem(store: Store) -> None:
    with store.writing() as unit:
        one = unit.devices.add(device("one"))
        two = unit.devices.add(device("two"))
        unit.devices.add(device("three", ecosystem=Ecosystem.TASMOTA))
    with store.reading() as unit:
        assert unit.devices.named("native", ["one", "two", "three", "床"]) == {"one": one, "two": two}
        assert unit.devices.named("native", []) == {}


def test_a_name_means_the_newest_device_that_is_not_retired(store: Store) -> None:
    with store.writing() as unit:
        unit.devices.add(device("first", external_id="button", state=DeviceState.RETIRED))
        second = unit.devices.add(device("second", external_id="button"))
        unit.devices.add(device("old", external_id="mat", state=DeviceState.RETIRED))
        newest = unit.devices.add(device("older", external_id="mat", state=DeviceState.RETIRED))
    with store.reading() as unit:
        found = unit.devices.named("native", ["button", "mat"])
        assert found == {"button": second, "mat": newest}
        assert found["button"] == unit.devices.by_external_id("native", "button")
        assert found["mat"] == unit.devices.by_external_id("native", "mat")


def test_noting_the_battery_touches_nothing_else_of_the_device(store: Store) -> None:
    with store.writing() as unit:
        before = unit.devices.add(device("one", resident_id="res_lhamo", last_seen_at=NIGHT))
        unit.devices.battery(before.id, 41.5)
        unit.devices.battery("dev_nobody", 10)
    with store.reading() as unit:
        assert unit.devices.get(before.id) == replace(before, battery_percent=41.5)


def test_events_are_found_by_many_pairs_of_device_and_its_own_id(store: Store) -> None:
    with store.writing() as unit:
        unit.events.append(
            [
                event("a", device_id="dev_a", device_event_id="7"),
                event("b", device_id="dev_b", device_event_id="7"),
                event("c", device_id="dev_a", device_event_id="7"),
                event("d", device_id="dev_a", device_event_id="8"),
                event("e", device_id="dev_a"),
            ]
        )
    with store.reading() as unit:
        found = unit.events.bearing([("dev_a", "7"), ("dev_b", "8"), ("dev_c", "7")])
        assert {pair: [each.id for each in events] for pair, events in found.items()} == {
            ("dev_a", "7"): ["evt_a", "evt_c"]
        }
        assert unit.events.bearing([]) == {}
