"""The address that devices are given: what the administrator says, whichever broker it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.console.pages.devices.square_code import is_of_this_machine
from services.wiring.broker import EmbeddedBroker
from services.wiring.broker_door import BrokerDoor
from tests.stores import sqlite_store

PUBLIC = "mqtts://mqtt.example.org:8883"


@pytest.mark.parametrize(("public", "told"), [(PUBLIC, PUBLIC), ("", "mqtt://0.0.0.0:1883")])
def test_devices_are_given_the_public_address_also_of_the_embedded_broker(
    tmp_path: Path, public: str, told: str
) -> None:
    store = sqlite_store(tmp_path)
    broker = EmbeddedBroker(tmp_path / "broker", host="0.0.0.0", port=1883)  # noqa: S104 - it is not started
    assert BrokerDoor(broker, store, public).url == told
    store.close()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "[::]"])  # noqa: S104
def test_an_address_by_which_no_device_comes_in_is_known(host: str) -> None:
    assert is_of_this_machine(f"mqtt://{host}:1883")
    assert not is_of_this_machine(PUBLIC)
