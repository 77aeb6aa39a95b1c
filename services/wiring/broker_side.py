"""The broker as the services of a process see it: where the house signs in, where devices do, how they get
their accounts, and what is wrong with it now. The embedded broker and one of its own look the same from here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from services.console.parts import DeviceCredentials, TurnedAway
from services.domain.ports import Clock, Store
from services.ingest.mqtt_session import BrokerAddress
from services.wiring.broker import BrokerState, EmbeddedBroker
from services.wiring.broker_credentials import Credentials
from services.wiring.broker_door import BrokerDoor
from services.wiring.device_accounts import DeviceAccounts
from services.wiring.ground import READY_SECONDS, Ground
from services.wiring.settings import Settings
from services.wiring.turned_away import DoorBook


class BrokerSide(Protocol):
    """A broker that runs."""

    @property
    def url(self) -> str:
        """Where devices connect, without credentials."""
        ...

    @property
    def house(self) -> BrokerAddress:
        """Where the house connects, and as whom."""
        ...

    @property
    def door(self) -> DeviceCredentials:
        """How devices get their accounts."""
        ...

    @property
    def shares(self) -> bool | None:
        """Whether `up` may end a subscription that it shared before; None where the broker cannot share."""
        ...

    def guest(self, name: str) -> Credentials:
        """Somebody who may speak for every native device: the player of the demo."""
        ...

    def turned_away(self) -> Sequence[TurnedAway]:
        """Whom it turned away lately; empty where it tells its own log alone, as Mosquitto does."""
        ...

    def faults(self) -> Sequence[str]:
        """What is wrong with it now, a sentence each."""
        ...


class EmbeddedSide:
    """The embedded broker, started and ended with the process."""

    shares = None

    def __init__(
        self, ground: Ground, store: Store, clock: Clock, *, open_mqtt: bool, guests: Sequence[str]
    ) -> None:
        settings = ground.settings
        self._book = DoorBook(clock)
        self._broker = EmbeddedBroker(
            settings.data_dir / "broker",
            host=settings.mqtt_host,
            port=settings.mqtt_port,
            open_mqtt=open_mqtt,
            guests=guests,
            on_turned_away=self._book.write,
        )
        self.door = BrokerDoor(self._broker, store, settings.mqtt_public_url)
        self.door.devices_changed()
        self._broker.start()
        ground.ending.callback(self._broker.stop)

    @property
    def url(self) -> str:
        return self._broker.url

    @property
    def house(self) -> BrokerAddress:
        house = self._broker.house
        return BrokerAddress.parse(self._broker.url, house.username, house.password)

    def guest(self, name: str) -> Credentials:
        return self._broker.guest(name)

    def turned_away(self) -> Sequence[TurnedAway]:
        return self._book.read()

    def faults(self) -> Sequence[str]:
        if self._broker.state is BrokerState.RUNNING:
            return []
        return [self._broker.fault or f"the embedded broker is {self._broker.state}"]


class ExternalSide:
    """A broker of its own, with an account for the house and one that makes accounts."""

    shares = False

    def __init__(self, ground: Ground, store: Store, clock: Clock) -> None:
        settings = ground.settings
        self.url = public_url(settings)
        self.house = BrokerAddress.parse(settings.mqtt_url)
        admin = BrokerAddress.parse(settings.mqtt_admin_url or settings.mqtt_url)
        own_names = {each for each in (self.house.username, admin.username) if each}
        self.door = DeviceAccounts(admin, f"{ground.name}-accounts", store, clock, self.url, own_names)
        self.door.start()
        # Not waited for: people need the console also while the broker is away, and readiness says so.
        ground.ending.callback(self.door.stop)

    def guest(self, name: str) -> Credentials:
        self.door.wait_until_connected(READY_SECONDS)
        return self.door.guest(name)

    def turned_away(self) -> Sequence[TurnedAway]:
        return ()

    def faults(self) -> Sequence[str]:
        return self.door.faults()


def public_url(settings: Settings) -> str:
    """The address of the broker that technicians and devices are told, without credentials."""
    if settings.mqtt_public_url:
        return settings.mqtt_public_url
    at = BrokerAddress.parse(settings.mqtt_url)
    host = f"[{at.host}]" if ":" in at.host else at.host
    return f"{'mqtts' if at.tls else 'mqtt'}://{host}:{at.port}"
