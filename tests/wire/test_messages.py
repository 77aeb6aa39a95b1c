"""From a stock client's publish to the stored event and the receipt, through either real broker."""

from __future__ import annotations

import json
import socket
from dataclasses import replace
from pathlib import Path

import pytest

from services.domain.devices import DeviceState
from services.domain.events import Mark
from services.domain.records import QuarantineReason
from tests.wire.house import Broker, House, StockClient, native

pytestmark = [pytest.mark.needs_program("mosquitto_pub"), pytest.mark.needs_program("mosquitto_sub")]

PRESS = {"id": "17", "kind": "call_button.pressed", "occurred_at": "2025-07-23T02:13:05+08:00"}


@pytest.mark.parametrize("lane", ["event", "alarm"])
def test_a_press_is_stored_and_its_device_hears_so(house: House, stock: StockClient, lane: str) -> None:
    with stock.hearing("anxin/v1/button/receipt") as receipts:
        assert stock.publish(f"anxin/v1/button/{lane}", PRESS).returncode == 0
        _, topic, payload = receipts.next().split(" ", 2)
        assert json.loads(payload) == {"id": "17", "result": "stored"}
        stock.publish(f"anxin/v1/button/{lane}", PRESS)
        assert json.loads(receipts.next().split(" ", 2)[2]) == {"id": "17", "result": "duplicate"}
    assert topic == "anxin/v1/button/receipt"
    [event] = house.events
    assert (event.kind, event.resident_id, event.device_event_id) == (
        "call_button.pressed",
        "res_button",
        "17",
    )


def test_a_press_at_qos_0_is_stored_too(house: House, stock: StockClient) -> None:
    stock.publish("anxin/v1/button/alarm", PRESS, "-q", "0")
    assert house.wait_for_events(1)[0].device_id == "dev_button"


def test_a_payload_of_one_mebibyte_is_set_aside_and_the_next_press_is_stored(
    house: House, stock: StockClient
) -> None:
    stock.publish("anxin/v1/mat/event", "x" * 1024 * 1024)
    stock.publish("anxin/v1/button/alarm", PRESS)
    house.wait_for_events(1)
    house.wait_for(lambda: house.loop.counts["quarantined:oversized"] == 1)
    with house.store.reading() as unit:
        [entry] = unit.quarantine.page({}, 0, 10).items
    assert (entry.reason, entry.size, len(entry.payload)) == (
        QuarantineReason.OVERSIZED,
        1024 * 1024,
        64 * 1024,
    )


def test_a_last_will_tells_that_the_device_is_gone(house: House, stock: StockClient) -> None:
    will = [
        "--will-topic",
        "anxin/v1/mat/status",
        "--will-payload",
        "offline",
        "--will-retain",
        "--will-qos",
        "1",
    ]
    stock.publish("anxin/v1/mat/status", "online", "-r")
    house.wait_for_events(1)
    with stock.hearing("anxin/v1/mat/command", *will) as device:
        device.process.kill()
    assert [event.kind for event in house.wait_for_events(2)] == ["device.online", "device.offline"]


def test_a_device_registered_a_moment_ago_is_known(house: House, stock: StockClient) -> None:
    with house.store.writing() as unit:
        button = unit.devices.get("dev_button")
        assert button is not None
        assert button.state is DeviceState.REGISTERED
        unit.devices.save(replace(button, resident_id="res_other"))
    stock.publish("anxin/v1/button/alarm", PRESS)
    assert house.wait_for_events(1)[0].resident_id == "res_other"
    with house.store.reading() as unit:
        live = unit.devices.get("dev_button")
    assert live is not None
    assert live.state is DeviceState.LIVE


def test_caught_up_means_that_all_published_before_is_stored(house: House, stock: StockClient) -> None:
    for number in range(5):
        stock.publish("anxin/v1/mat/event", {"kind": "bed.exited", "id": str(number)})
    stock.publish("anxin/v1/button/alarm", PRESS)
    assert house.inbox.caught_up(20)
    assert len(house.events) == 6


def test_no_connection_waits_for_the_other_sides_acknowledgement_at_the_socket(
    house: House, stock: StockClient
) -> None:
    """At the second connect as at the first: without this each answer costs 40 ms."""
    sessions = list(house.inbox._sessions.values())
    for _ in range(2):
        for session in sessions:
            sock = session._socket()
            assert sock is not None
            assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 1
            sock.shutdown(socket.SHUT_RDWR)
        house.wait_for(lambda: not any(session.is_connected for session in sessions))
        house.wait_for(lambda: house.inbox.is_connected)
    stock.publish("anxin/v1/button/alarm", PRESS)
    house.wait_for_events(1)


def test_what_a_broker_kept_is_told_once_as_unconfirmed_or_not_at_all(broker: Broker, tmp_path: Path) -> None:
    """A retained copy comes at each subscribe: the first never heard of is told, the same again is none. Once
    the button itself says it, somebody is sent to whoever pressed.
    """
    stock = StockClient(broker)
    pressed = {"kind": "call_button.pressed", "id": "17"}
    stock.publish("anxin/v1/button/alarm", pressed, "-r")
    for _ in range(2):
        with House(broker, tmp_path, [native("button")]) as house:
            [event] = house.wait_for_events(1)
            assert house.inbox.caught_up(20)
            assert house.events == [event]
            assert (event.marks, event.resident_id) == ((Mark.UNCONFIRMED,), None)
    with House(broker, tmp_path, [native("button")]) as house:
        stock.publish("anxin/v1/button/alarm", pressed)
        assert [event.resident_id for event in house.wait_for_events(2)] == [None, "res_button"]


def test_a_session_outlives_its_house_and_keeps_what_came_meanwhile(broker: Broker, tmp_path: Path) -> None:
    stock = StockClient(broker)
    with House(broker, tmp_path, [native("button")]):
        pass
    for number in range(3):
        assert stock.publish("anxin/v1/button/alarm", {**PRESS, "id": str(number)}).returncode == 0
    with House(broker, tmp_path) as house:
        assert sorted(str(event.device_event_id) for event in house.wait_for_events(3)) == ["0", "1", "2"]
