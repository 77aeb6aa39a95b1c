"""The house's own button: a native device with credentials of its own at the broker, like any other.

Its password is made anew by the process that begins to press, and is kept in that process's memory alone. It
presses by a connection of its own, so that what devices go through is what is tried.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from services.console.parts import DeviceCredentials
from services.domain.instants import format_instant
from services.domain.ports import BrokerUnavailable, Clock, Store
from services.domain.self_watch import DEVICE_ID, EXTERNAL_ID, RESIDENT_ID, own_button, own_resident
from services.domain.wire import alarm_topic, receipt_topic
from services.ingest.messages import Message
from services.ingest.mqtt_session import BrokerAddress, Session, Subscription

AGAIN_AFTER = timedelta(seconds=5)
"""How long it waits for a receipt before it sends the same press again."""
STOP_SECONDS = 1.0

log = logging.getLogger("anxin.self-watch")


class OwnButton:
    """Used by one thread; receipts come in that of the connection."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        door: DeviceCredentials,
        address: Callable[[], BrokerAddress],
        client_id: str,
    ) -> None:
        """``address`` is the broker as the house reaches it; the house's own account is not used."""
        self._store = store
        self._clock = clock
        self._door = door
        self._address = address
        self._client_id = client_id
        self._hash: str | None = None
        self._session: Session | None = None
        self._sent: tuple[str, datetime] | None = None
        self._receipt: str | None = None

    def prepare(self) -> None:
        with self._store.reading() as uow:
            device, resident = uow.devices.get(DEVICE_ID), uow.residents.get(RESIDENT_ID)
        is_known = device is not None and device.credential_hash == self._hash and resident is not None
        if self._session is None or not is_known:
            self._let_in()

    def press(self, press_id: str, at: datetime) -> None:
        if self._session is None:
            raise BrokerUnavailable("the house's own button has no connection yet")
        now = self._clock.now()
        is_sent = self._sent is not None and self._sent[0] == press_id
        if self._receipt == press_id or (is_sent and self._sent and now - self._sent[1] < AGAIN_AFTER):
            return
        said = {"id": press_id, "kind": "call_button.pressed", "occurred_at": format_instant(at)}
        self._session.publish(alarm_topic(EXTERNAL_ID), json.dumps(said).encode())
        self._sent = press_id, now

    def rest(self) -> None:
        """Close the connection; the next `prepare` makes new credentials."""
        if self._session is not None:
            self._session.stop(STOP_SECONDS)
        self._session = None

    def _let_in(self) -> None:
        self.rest()
        now = self._clock.now()
        password, self._hash = self._door.issue(own_button(now))
        with self._store.writing() as uow:
            if uow.residents.get(RESIDENT_ID) is None:
                uow.residents.add(own_resident(now))
            known = uow.devices.get(DEVICE_ID)
            if known is None:
                uow.devices.add(replace(own_button(now), credential_hash=self._hash))
            else:
                uow.devices.save(replace(known, credential_hash=self._hash))
        self._door.devices_changed()
        at = self._address()
        self._session = Session(
            BrokerAddress(at.host, at.port, EXTERNAL_ID, password, at.tls),
            self._client_id,
            Subscription(receipt_topic(EXTERNAL_ID)),
            clock=self._clock,
            arrived=self._take,
        )
        self._session.start()

    def _take(self, message: Message) -> None:
        session = self._session
        if session is not None:
            session.done([message])
        try:
            self._receipt = str(json.loads(message.payload)["id"])
        except (ValueError, KeyError, TypeError):
            log.warning("a receipt of the house's own press cannot be read: %.100r", message.payload)
