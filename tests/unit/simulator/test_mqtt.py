"""A device on the wire, with the embedded broker and, in the place of the service, somebody who answers."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest

from devices.simulator.acts import Saying
from devices.simulator.mqtt import BrokerUnreachable, DeviceLink, NotStored, Wire
from services.wiring.broker import EmbeddedBroker

AT = datetime(2025, 7, 22, 18, 13, 5, 250_000, tzinfo=UTC)


class Receiver:
    """Takes what devices send and gives the answers it was told to give, one after another; None: no
    answer.
    """

    def __init__(self, url: str, username: str, password: str) -> None:
        self.came: SimpleQueue[tuple[str, Any]] = SimpleQueue()
        self.answers: list[str | None] = []
        self._wire = Wire(url, username, password, "receiver")
        topics = tuple(f"anxin/v1/+/{last}" for last in ("event", "alarm", "status"))
        self._wire.open(topics, self._heard)

    def _heard(self, topic: str, payload: bytes) -> None:
        if topic.endswith("/status"):
            self.came.put((topic, payload.decode()))
            return
        event = json.loads(payload)
        self.came.put((topic, event))
        result = self.answers.pop(0) if self.answers else "stored"
        if result is not None:
            self.say(topic, "receipt", {"id": event["id"], "result": result})

    def say(self, topic: str, last: str, body: dict[str, str]) -> None:
        self._wire.publish(f"{topic.rpartition('/')[0]}/{last}", json.dumps(body).encode())

    def next(self) -> tuple[str, Any]:
        return self.came.get(timeout=10)

    def close(self) -> None:
        self._wire.close()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[EmbeddedBroker]:
    embedded = EmbeddedBroker(tmp_path / "broker", guests=["simulator"])
    embedded.start()
    yield embedded
    embedded.stop()


@pytest.fixture
def receiver(broker: EmbeddedBroker) -> Iterator[Receiver]:
    served = Receiver(broker.url, broker.house.username, broker.house.password)
    yield served
    served.close()


@pytest.fixture
def said() -> SimpleQueue[str]:
    return SimpleQueue()


@pytest.fixture
def button(broker: EmbeddedBroker, receiver: Receiver, said: SimpleQueue[str]) -> Iterator[DeviceLink]:
    guest = broker.guest("simulator")
    link = DeviceLink(
        "button-1",
        Wire(broker.url, guest.username, guest.password, "button-1"),
        said.put,
        timedelta(seconds=1),
    )
    link.open()
    assert receiver.next() == ("anxin/v1/button-1/status", "online")
    yield link
    link.close()


def test_a_press_goes_over_the_lane_of_alarms_as_the_contract_writes_it(
    button: DeviceLink, receiver: Receiver
) -> None:
    button.send("call_button.pressed", AT)
    topic, event = receiver.next()
    assert topic == "anxin/v1/button-1/alarm"
    assert event == {
        "id": "20250722T181305-1",
        "kind": "call_button.pressed",
        "occurred_at": "2025-07-22T18:13:05.250Z",
        "data": {},
    }


def test_anything_else_goes_over_the_lane_of_events_under_an_id_of_its_own(
    button: DeviceLink, receiver: Receiver
) -> None:
    for _ in range(2):
        button.send("device.battery", AT, {"percent": 80})
    first, second = receiver.next(), receiver.next()
    assert first[0] == second[0] == "anxin/v1/button-1/event"
    assert first[1]["data"] == {"percent": 80}
    assert first[1]["id"] != second[1]["id"]


def test_it_sends_again_under_the_same_id_until_the_receipt_is_there(
    button: DeviceLink, receiver: Receiver
) -> None:
    receiver.answers = [None, "duplicate"]
    button.send("bed.exited", AT)
    assert receiver.next() == receiver.next()


def test_an_event_that_the_service_sets_aside_is_a_fault(button: DeviceLink, receiver: Receiver) -> None:
    receiver.answers = ["quarantined"]
    with pytest.raises(NotStored, match=r"button-1: bed.exited was not stored: quarantined"):
        button.send("bed.exited", AT)


def test_it_hears_what_it_is_to_say(button: DeviceLink, receiver: Receiver, said: SimpleQueue[str]) -> None:
    for state in ("heard", "coming"):
        receiver.say("anxin/v1/button-1/x", "command", {"command": "reassure", "state": state})
    assert [said.get(timeout=10), said.get(timeout=10)] == ["heard", "coming"]


def test_a_broker_that_does_not_let_one_in_is_said_so(
    broker: EmbeddedBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("devices.simulator.mqtt.CONNECT_WITHIN", timedelta(seconds=1))
    with pytest.raises(BrokerUnreachable, match="cannot be used"):
        Wire(broker.url, "nobody", "nothing", "stranger").open(("anxin/v1/x/receipt",))


def test_a_message_that_is_said_once_more_waits_for_a_receipt_of_its_own(
    button: DeviceLink, receiver: Receiver
) -> None:
    press = Saying(AT, "button", "7f3a", "call_button.pressed", None, retained=True)
    receiver.answers = ["stored", "quarantined"]
    button.say(press)
    with pytest.raises(NotStored):
        button.say(press)
    assert receiver.next() == receiver.next()


def test_readings_may_be_passed_over_and_that_is_no_fault(button: DeviceLink, receiver: Receiver) -> None:
    receiver.answers = ["quarantined"]
    button.say(Saying(AT, "button", "1", "device.battery", AT, {"percent": 50.0}))
    assert receiver.next()[1]["id"] == "1"


def test_a_device_says_what_its_last_will_says(button: DeviceLink, receiver: Receiver) -> None:
    button.is_there(is_online=False)
    assert receiver.next() == ("anxin/v1/button-1/status", "offline")
