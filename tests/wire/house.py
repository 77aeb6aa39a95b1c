"""The real broker, the real sessions and the real loop of ingest on a real store, for tests on the wire.
Every wait is for something that happens, with a limit that only a fault reaches.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self
from zoneinfo import ZoneInfo

from services.domain.devices import Device, DeviceType, Ecosystem
from services.domain.events import Event
from services.ingest.mqtt import MqttInbox
from services.ingest.mqtt_session import BrokerAddress
from services.ingest.run import IngestLoop
from services.wiring.broker_credentials import BrokerCredentials, Credentials
from services.wiring.clock import SystemClock
from tests import stock_client
from tests.stores import sqlite_store
from tests.unit.ingest.door import RefusingStore

SECONDS = 20.0
"""The limit of every wait."""


class Broker(Protocol):
    """A broker that runs: where it is and who the house is there."""

    @property
    def host(self) -> str: ...

    @property
    def port(self) -> int: ...

    @property
    def url(self) -> str: ...

    @property
    def house(self) -> Credentials: ...

    def start(self) -> None: ...

    def stop(self) -> None: ...


def native(name: str, password_hash: str | None = None, **said: Any) -> Device:
    values: dict[str, Any] = {"resident_id": f"res_{name}", "credential_hash": password_hash}
    return Device(f"dev_{name}", name, Ecosystem.NATIVE, DeviceType.CALL_BUTTON, **(values | said))


def with_credentials(*names: str) -> tuple[list[Device], dict[str, Credentials]]:
    """Native devices and what each signs in with."""
    maker = BrokerCredentials()
    issued = {name: maker.issue(name) for name in names}
    devices = [native(name, hashed) for name, (_, hashed) in issued.items()]
    return devices, {name: credentials for name, (credentials, _) in issued.items()}


class House:
    """Ingest at work at a broker, in a thread of its own."""

    def __init__(
        self,
        broker: Broker,
        folder: Path,
        devices: Sequence[Device] = (),
        *,
        name: str = "anxin-test",
        shares: bool | None = None,
    ) -> None:
        self.broker = broker
        self.changed = threading.Condition()
        self._sql = sqlite_store(folder)
        self.store = RefusingStore(self._sql)
        with self.store.writing() as unit:
            for device in devices:
                if unit.devices.get(device.id) is None:
                    unit.devices.add(device)
        self._woken = threading.Event()
        self._ending = threading.Event()
        address = BrokerAddress.parse(broker.url, broker.house.username, broker.house.password)
        clock = SystemClock()
        self.inbox = MqttInbox(
            address, name, clock=clock, wake=self._woken.set, changed=self._tell, shares=shares
        )
        self.loop = IngestLoop(self.store, clock, self.inbox, self.inbox, ZoneInfo("Asia/Shanghai"))
        self._thread = threading.Thread(target=self._work, name="ingest")

    def __enter__(self) -> Self:
        self.inbox.start()
        self._thread.start()
        assert self.inbox.wait_until_connected(SECONDS), self.inbox.faults
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ending.set()
        self._woken.set()
        self._thread.join(SECONDS)
        self.inbox.stop()
        self._sql.close()

    def _work(self) -> None:
        while not self._ending.is_set():
            self._woken.wait()
            self._woken.clear()
            while not self._ending.is_set() and self.loop.step():
                self._tell()
            self._tell()

    def _tell(self) -> None:
        with self.changed:
            self.changed.notify_all()

    def try_again(self) -> None:
        """What the beat of each second does."""
        self._woken.set()

    def wait_for(self, condition: Callable[[], bool]) -> None:
        with self.changed:
            assert self.changed.wait_for(condition, SECONDS), (
                self.inbox.faults,
                self.loop.counts,
                self.events,
            )

    def wait_for_events(self, number: int) -> list[Event]:
        self.wait_for(lambda: len(self.events) >= number)
        return self.events

    @property
    def events(self) -> list[Event]:
        with self.store.reading() as unit:
            return unit.events.after(0, 100_000)


class StockClient(stock_client.StockClient):
    """Debian's MQTT clients at a broker of the test."""

    def __init__(self, broker: Broker, credentials: Credentials | None = None) -> None:
        if credentials is None:
            super().__init__(broker.host, broker.port)
        else:
            super().__init__(broker.host, broker.port, credentials.username, credentials.password)
