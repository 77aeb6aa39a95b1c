"""Accounts of devices at a Mosquitto of its own, set up as the compose file has it: made, ended, and brought
back to the store's after anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Self

import pytest

from services.domain.devices import Device
from services.ingest.mqtt_session import BrokerAddress
from services.storage.store import SqlStore
from services.wiring.broker_credentials import Credentials
from services.wiring.clock import SystemClock
from services.wiring.device_accounts import DeviceAccounts
from tests.live.split import compose
from tests.live.split.broker import CountyBroker
from tests.stores import sqlite_store
from tests.wire.house import SECONDS, StockClient, native

pytestmark = [
    pytest.mark.needs_program("mosquitto"),
    pytest.mark.needs_program("mosquitto_pub"),
    pytest.mark.needs_program("mosquitto_sub"),
]
REFUSED = 5
"""What mosquitto_pub ends with when the broker does not let it in."""


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[CountyBroker]:
    with CountyBroker(tmp_path / "mosquitto") as broker:
        yield broker


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    store = sqlite_store(tmp_path)
    yield store
    store.close()


class Console:
    """What a console does with the accounts, from its start to its end."""

    def __init__(self, broker: CountyBroker, store: SqlStore) -> None:
        admin = compose.environment_of("console")["ANXIN_MQTT_ADMIN_URL"]
        address = BrokerAddress.parse(admin.replace("mosquitto:1883", f"{broker.host}:{broker.port}"))
        self.accounts = DeviceAccounts(address, "console", store, SystemClock(), broker.url, {"anxin:house"})
        self._broker = broker
        self._store = store

    def __enter__(self) -> Self:
        self.accounts.start()
        assert self.accounts.wait_until_connected(SECONDS), self.accounts.faults()
        self.accounts.devices_changed()
        return self

    def __exit__(self, *failure: object) -> None:
        self.accounts.stop()

    def register(self, name: str) -> StockClient:
        """Make an account, or a new password for one; the device's client."""
        password = self.issue(name)
        self.accounts.devices_changed()
        return StockClient(self._broker, Credentials(name, password))

    def issue(self, name: str) -> str:
        """Make a password and commit its hash, as far as a crash may come."""
        device = self._stored(name)
        password, hashed = self.accounts.issue(device)
        self._save(replace(device, credential_hash=hashed))
        return password

    def register_beside_another(self, name: str) -> StockClient:
        """As `register`, while somebody else makes a password for the name and comes too late with it."""
        password = self.issue(name)
        self.accounts.issue(self._stored(name))
        self.accounts.devices_changed()
        return StockClient(self._broker, Credentials(name, password))

    def revoke(self, name: str) -> None:
        self._save(replace(self._stored(name), credential_hash=None))

    def _stored(self, name: str) -> Device:
        with self._store.writing() as uow:
            return uow.devices.by_external_id("native", name) or uow.devices.add(native(name))

    def _save(self, device: Device) -> None:
        with self._store.writing() as uow:
            uow.devices.save(device)


@pytest.fixture
def console(broker: CountyBroker, store: SqlStore) -> Iterator[Console]:
    with Console(broker, store) as console:
        yield console


@pytest.fixture
def house(broker: CountyBroker) -> StockClient:
    return StockClient(broker, broker.house)


def is_let_in(device: StockClient) -> bool:
    code = device.publish("anxin/v1/nowhere/event", "x").returncode
    assert code in (0, REFUSED)
    return code == 0


def test_a_device_hears_and_speaks_for_itself_alone(console: Console, house: StockClient) -> None:
    device = console.register("dot.ted-1_A")
    console.register("other")
    with house.hearing("anxin/v1/#") as heard:
        device.publish("anxin/v1/other/event", "as another")
        device.publish("anxin/v1/dot.ted-1_A/receipt", "as the house")
        device.publish("anxin/v1/dot.ted-1_A/alarm", "as itself")
        assert heard.next() == "0 anxin/v1/dot.ted-1_A/alarm as itself"
    for topic in ("anxin/v1/other/command", "anxin/v1/+/receipt", "#", "$CONTROL/#", "$share/a/anxin/v1/#"):
        with device.hearing(topic) as refused:
            assert refused.was_refused, topic
    with device.hearing("anxin/v1/dot.ted-1_A/receipt") as receipts:
        house.publish("anxin/v1/dot.ted-1_A/receipt", "yours")
        assert receipts.next() == "0 anxin/v1/dot.ted-1_A/receipt yours"


def test_nobody_comes_in_without_an_account_and_the_house_makes_none(
    console: Console, broker: CountyBroker, house: StockClient
) -> None:
    assert StockClient(broker).publish("anxin/v1/a/event", "x").returncode == REFUSED
    with house.hearing("$CONTROL/dynamic-security/v1/response") as refused:
        assert refused.was_refused
    assert "house's own" in str(console.accounts.carries("anxin:house"))
    assert console.accounts.carries("a+b") is not None
    assert console.accounts.carries("button-0417") is None


def test_new_credentials_end_the_old_and_its_connection(console: Console) -> None:
    old = console.register("button")
    with old.hearing("anxin/v1/button/command") as connected:
        new = console.register("button")
        assert connected.process.wait(SECONDS) != 0
    assert not is_let_in(old)
    assert is_let_in(new)


def test_of_two_passwords_made_at_once_the_one_that_was_stored_lets_in(console: Console) -> None:
    assert is_let_in(console.register_beside_another("button"))


def test_a_revoked_device_is_out_at_once_and_others_stay(console: Console) -> None:
    button, mat = console.register("button"), console.register("mat")
    console.revoke("button")
    console.accounts.devices_changed()
    assert not is_let_in(button)
    assert is_let_in(mat)


def test_what_is_registered_while_the_broker_is_away_is_let_in_when_it_is_back(
    console: Console, broker: CountyBroker
) -> None:
    broker.stop()
    device = console.register("button")
    assert console.accounts.faults()
    broker.start()
    assert console.accounts.wait_until_connected(SECONDS)
    console.accounts.devices_changed()
    assert console.accounts.faults() == []
    assert is_let_in(device)


def test_what_was_revoked_while_no_console_was_there_is_ended_at_its_start(
    broker: CountyBroker, store: SqlStore
) -> None:
    with Console(broker, store) as before:
        button, mat = before.register("button"), before.register("mat")
    before.revoke("button")
    with Console(broker, store):
        assert not is_let_in(button)
        assert is_let_in(mat)


def test_an_account_whose_new_password_nobody_knows_lets_nobody_in(
    broker: CountyBroker, store: SqlStore
) -> None:
    with Console(broker, store) as before:
        old = before.register("button")
        before.issue("button")  # and dies before it tells the broker
    with Console(broker, store) as after:
        assert not is_let_in(old)
        assert is_let_in(after.register("button"))


def test_a_guest_speaks_for_every_device_and_is_no_device(console: Console, broker: CountyBroker) -> None:
    first = StockClient(broker, console.accounts.guest("simulator"))
    again = StockClient(broker, console.accounts.guest("simulator"))
    assert not is_let_in(first)
    with again.hearing("anxin/v1/+/receipt") as receipts:
        assert not receipts.was_refused
    console.register("button")
    assert is_let_in(again)
