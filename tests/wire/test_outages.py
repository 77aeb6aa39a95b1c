"""A store that refuses, a broker that is killed, a house that ends: nothing is lost, nothing counts twice."""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
from pathlib import Path

import pytest

from services.domain.ports import StoreUnavailable
from services.ingest.packets import Publish
from services.wiring.broker import EmbeddedBroker
from tests.wire.house import SECONDS, Broker, House, StockClient, native
from tests.wire.mosquitto import Mosquitto

pytestmark = pytest.mark.needs_program("mosquitto_pub")


def exit_of_bed(number: int) -> str:
    return json.dumps({"kind": "bed.exited", "id": str(number)})


def kill(broker: Broker, house: House) -> None:
    """Kill the broker as a full memory would, and wait until it is back and the house with it.

    The embedded one is started again by its keeper, Mosquitto by whoever runs the machine.
    """
    port = broker.port
    if isinstance(broker, EmbeddedBroker):
        assert broker._child is not None
        os.kill(broker._child.pid, signal.SIGKILL)
        house.wait_for(lambda: not house.inbox.is_connected)
    elif isinstance(broker, Mosquitto):
        broker.kill()
        house.wait_for(lambda: not house.inbox.is_connected)
        broker.start()
    house.wait_for(lambda: house.inbox.is_connected)
    assert broker.port == port


def test_while_the_store_refuses_nothing_is_acknowledged_and_then_nothing_is_missing(
    broker: Broker, tmp_path: Path, stock: StockClient
) -> None:
    devices = [native("button"), native("mat")]
    with House(broker, tmp_path, devices) as house:
        house.store.refusal = StoreUnavailable("the disk is full")
        for number in range(3):
            stock.publish("anxin/v1/mat/event", exit_of_bed(number))
        stock.publish("anxin/v1/button/alarm", json.dumps({"kind": "call_button.pressed"}))
        house.wait_for(lambda: house.inbox.waiting >= 4 and house.loop.fault is not None)
        assert house.events == []
    # That house ended without having acknowledged anything: all of it comes again to the next.
    with House(broker, tmp_path) as house:
        events = house.wait_for_events(4)
        assert sorted(event.kind for event in events) == ["bed.exited"] * 3 + ["call_button.pressed"]


def test_a_store_that_comes_back_is_caught_up_with_alarms_first(house: House, stock: StockClient) -> None:
    house.store.refusal = StoreUnavailable("locked")
    for number in range(3):
        stock.publish("anxin/v1/mat/event", exit_of_bed(number))
    stock.publish("anxin/v1/button/event", json.dumps({"kind": "call_button.pressed", "id": "17"}))
    house.wait_for(lambda: house.inbox.waiting == 4)
    house.store.refusal = None
    house.try_again()
    assert [event.kind for event in house.wait_for_events(4)] == ["call_button.pressed"] + ["bed.exited"] * 3


def test_a_press_in_hand_outlives_a_killed_broker_and_the_house_hears_the_next_one(
    broker: Broker, house: House, stock: StockClient
) -> None:
    house.store.refusal = StoreUnavailable("locked")
    stock.publish("anxin/v1/button/alarm", json.dumps({"kind": "call_button.pressed"}))
    house.wait_for(lambda: house.inbox.waiting == 1)
    kill(broker, house)
    house.store.refusal = None
    house.try_again()
    house.wait_for_events(1)
    stock.publish("anxin/v1/mat/event", exit_of_bed(1))
    assert [event.kind for event in house.wait_for_events(2)] == ["call_button.pressed", "bed.exited"]


def test_a_press_that_a_killed_broker_forgot_is_sent_again_until_its_receipt(
    broker: Broker, house: House, stock: StockClient
) -> None:
    """Whatever a broker keeps of what it took: the device sends until it hears, and that makes one event."""
    press = json.dumps(
        {"kind": "call_button.pressed", "id": "17", "occurred_at": "2025-07-23T02:13:05+08:00"}
    )
    house.store.refusal = StoreUnavailable("locked")
    stock.publish("anxin/v1/button/alarm", press)
    house.wait_for(lambda: house.inbox.waiting >= 1)
    kill(broker, house)
    house.store.refusal = None
    with stock.hearing("anxin/v1/button/receipt") as receipts:
        stock.publish("anxin/v1/button/alarm", press)
        assert json.loads(receipts.next().split(" ", 2)[2])["id"] == "17"
    assert house.inbox.caught_up(20)
    assert [event.device_event_id for event in house.events] == ["17"]


def test_a_second_outage_is_as_harmless_as_the_first(
    broker: Broker, house: House, stock: StockClient
) -> None:
    for number in range(2):
        kill(broker, house)
        stock.publish("anxin/v1/button/alarm", json.dumps({"kind": "call_button.pressed", "id": str(number)}))
        house.wait_for_events(number + 1)
    assert [event.device_event_id for event in house.events] == ["0", "1"]


def test_what_the_broker_sends_again_of_what_the_house_still_holds_is_no_second_press(
    house: House, stock: StockClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A press without an id can be known by its packet alone. The embedded broker sends it again after every
    5 s, Mosquitto at the next connect.
    """
    house.store.refusal = StoreUnavailable("locked")
    stock.publish("anxin/v1/button/alarm", json.dumps({"kind": "call_button.pressed"}))
    house.wait_for(lambda: house.inbox.waiting == 1)
    [alarms] = [session for source, session in house.inbox._sessions.items() if source.name == "alarm"]
    came_again, hear = threading.Event(), alarms._heard

    def heard(came: Publish) -> None:
        hear(came)
        came_again.set()

    monkeypatch.setattr(alarms, "_heard", heard)
    sock = alarms._socket()
    assert sock is not None
    if isinstance(house.broker, Mosquitto):
        sock.shutdown(socket.SHUT_RDWR)
    assert came_again.wait(SECONDS)
    assert house.inbox.waiting == 1
    house.store.refusal = None
    house.try_again()
    house.wait_for_events(1)
    assert house.inbox.caught_up(20)
    assert len(house.events) == 1


def test_a_broker_that_is_started_anew_sends_what_was_never_acknowledged(
    broker: Broker, house: House, stock: StockClient
) -> None:
    house.store.refusal = StoreUnavailable("locked")
    stock.publish("anxin/v1/button/alarm", json.dumps({"kind": "call_button.pressed"}))
    house.wait_for(lambda: house.inbox.waiting == 1)
    if isinstance(broker, Mosquitto):
        broker.stop()  # in order, so that it writes down what it has
        house.wait_for(lambda: not house.inbox.is_connected)
        broker.start()
        house.wait_for(lambda: house.inbox.is_connected)
    else:
        kill(broker, house)
    assert house.inbox.waiting == 1
    house.store.refusal = None
    house.try_again()
    house.wait_for_events(1)
    assert house.inbox.caught_up(20)
    assert len(house.events) == 1


def test_a_house_that_ends_after_storing_and_before_acknowledging_makes_no_second_event(
    broker: Broker, tmp_path: Path, stock: StockClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    presses = [{"kind": "call_button.pressed", "id": "17"}, {"kind": "call_button.pressed"}]
    with House(broker, tmp_path, [native("button"), native("pendant")]) as house:
        monkeypatch.setattr(house.inbox, "done", lambda messages: None)
        for name, said in zip(("button", "pendant"), presses, strict=True):
            stock.publish(f"anxin/v1/{name}/alarm", json.dumps(said))
        house.wait_for_events(2)
    with House(broker, tmp_path) as house:
        house.wait_for(lambda: house.loop.counts["duplicate"] == 2)
        assert len(house.events) == 2
