"""The broker's door as the console sees it: which names it carries, new credentials, and when to read them
anew.
"""

from __future__ import annotations

from threading import Event, Lock

from services.domain.devices import Device, Ecosystem
from services.domain.ports import Store
from services.wiring.broker import EmbeddedBroker
from services.wiring.broker_credentials import BrokerCredentials
from services.wiring.clock import stopwatch

RESTS = 1.5
"""So many times as long as the broker took over a list it is left alone before the next: who registers many
devices side by side has them read together, and one now and then waits for nothing.
"""
MOST_REST = 0.1
"""Seconds, however long the broker took: whoever is to be shut out is let in no longer than that."""


class BrokerDoor:
    """Lets the native devices of the store in at the embedded broker, and no others."""

    def __init__(self, broker: EmbeddedBroker, store: Store, public_url: str = "") -> None:
        """``public_url``: the address that devices are given; empty: where the broker listens."""
        self._broker = broker
        self._store = store
        self._public_url = public_url
        self._maker = BrokerCredentials()
        self._turn = Lock()
        self._counting = Lock()
        self.asked = 0
        """How often somebody said that a device changed,"""
        self._answered = 0
        """and up to which of them the broker has the list."""
        self._rests_until = 0.0
        """By the stopwatch."""

    @property
    def url(self) -> str:
        return self._public_url or self._broker.url

    def carries(self, external_id: str) -> str | None:
        return self._broker.carries(external_id)

    def issue(self, device: Device) -> tuple[str, str]:
        credentials, hashed = self._maker.issue(device.external_id)
        return credentials.password, hashed

    def devices_changed(self) -> None:
        with self._counting:
            self.asked += 1
            own = self.asked
        with self._turn:  # who read the list first must not hand it on last: it lacks the device of the other
            if own <= self._answered:
                return  # the list was read after this one was stored
            Event().wait(max(0.0, self._rests_until - stopwatch()))
            read_for = self.asked
            with self._store.reading() as uow:
                # A retired button that is pressed all the same must still be heard.
                devices = uow.devices.with_credentials(Ecosystem.NATIVE)
            begun = stopwatch()
            self._broker.set_devices(devices)
            self._answered, ended = read_for, stopwatch()
            self._rests_until = ended + min(MOST_REST, RESTS * (ended - begun))
