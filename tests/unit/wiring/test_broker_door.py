"""The address that devices are given: what the administrator says, whichever broker it is."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from threading import Event, Thread

import pytest

from services.console.pages.devices.square_code import is_of_this_machine
from services.domain.devices import Device, DeviceType, Ecosystem
from services.wiring import broker_door
from services.wiring.broker import EmbeddedBroker
from services.wiring.broker_door import BrokerDoor
from tests.stores import sqlite_store

WAITS = 10.0
"""Seconds after which a test gives up."""
PUBLIC = "mqtts://mqtt.example.org:8883"


@pytest.mark.parametrize(("public", "told"), [(PUBLIC, PUBLIC), ("", "mqtt://0.0.0.0:1883")])
def test_devices_are_given_the_public_address_also_of_the_embedded_broker(
    tmp_path: Path, public: str, told: str
) -> None:
    store = sqlite_store(tmp_path)
    broker = EmbeddedBroker(tmp_path / "broker", host="0.0.0.0", port=1883)  # noqa: S104 - it is not started
    assert BrokerDoor(broker, store, public).url == told
    store.close()


class SlowBroker:
    """A broker that takes its time over the first list that it is given."""

    def __init__(self) -> None:
        self.busy, self.goes_on = Event(), Event()
        self.lists: list[list[str]] = []

    def set_devices(self, devices: Iterable[Device]) -> None:
        names = [device.external_id for device in devices]
        if not self.busy.is_set():
            self.busy.set()
            self.goes_on.wait(WAITS)
        self.lists.append(names)


def test_of_two_who_register_at_once_the_one_who_read_first_does_not_shut_the_other_out(
    tmp_path: Path,
) -> None:
    store, broker = sqlite_store(tmp_path), SlowBroker()
    door = BrokerDoor(broker, store)  # type: ignore[arg-type]  # as much of a broker as a door knocks at

    def register(number: int) -> None:
        with store.writing() as uow:
            name = f"button-{number}"
            button = Device(name, name, Ecosystem.NATIVE, DeviceType.CALL_BUTTON, credential_hash="hash")
            uow.devices.add(button)
        door.devices_changed()

    first, second = (Thread(target=register, args=(number,)) for number in (1, 2))
    first.start()
    assert broker.busy.wait(WAITS)
    second.start()
    second.join(timeout=0.2)  # it reads the list and hands it on, unless it has to wait for its turn
    broker.goes_on.set()
    for each in (first, second):
        each.join()
    assert broker.lists[-1] == ["button-1", "button-2"]
    store.close()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "[::]"])  # noqa: S104
def test_an_address_by_which_no_device_comes_in_is_known(host: str) -> None:
    assert is_of_this_machine(f"mqtt://{host}:1883")
    assert not is_of_this_machine(PUBLIC)


def test_those_who_wait_together_have_the_list_read_once(tmp_path: Path) -> None:
    store, broker = sqlite_store(tmp_path), SlowBroker()
    door = BrokerDoor(broker, store)  # type: ignore[arg-type]  # as much of a broker as a door knocks at
    first = Thread(target=door.devices_changed)
    first.start()
    assert broker.busy.wait(WAITS)
    others = [Thread(target=door.devices_changed) for _ in range(5)]
    for each in others:
        each.start()
    while door.asked < 6:
        others[0].join(timeout=0.01)
    broker.goes_on.set()
    for each in (first, *others):
        each.join()
    assert len(broker.lists) == 2
    store.close()


def test_a_broker_that_took_its_time_is_left_alone_for_a_while_and_the_next_are_read_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broker_door, "MOST_REST", 1.0)  # time enough for the third to come
    monkeypatch.setattr(broker_door, "RESTS", 10.0)
    store, broker = sqlite_store(tmp_path), SlowBroker()
    door = BrokerDoor(broker, store)  # type: ignore[arg-type]  # as much of a broker as a door knocks at
    first, second, third = (Thread(target=door.devices_changed) for _ in range(3))
    first.start()
    assert broker.busy.wait(WAITS)
    first.join(timeout=0.2)
    broker.goes_on.set()
    first.join()
    second.start()
    second.join(timeout=0.02)
    third.start()
    for each in (second, third):
        each.join()
    assert len(broker.lists) == 2
    store.close()
