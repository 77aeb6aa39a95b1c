"""The buttons of the soak: native devices that send a press, and send it again, the same bytes, until its
receipt is there (docs/wire). They keep what they sent in memory only, and no session at the broker.
"""

from __future__ import annotations

import json
import socket
import threading
from datetime import timedelta
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from services.domain.instants import format_instant
from services.domain.ports import Clock
from tests.soak.evidence import Press

SEND_AGAIN_AFTER = timedelta(seconds=1)


class Button:
    """One button. It is awake, and connected, while a press of it is unanswered."""

    def __init__(
        self,
        clock: Clock,
        address: tuple[str, int],
        registered: dict[str, Any],
        resident_id: str,
    ) -> None:
        self.device_id = str(registered["id"])
        self.resident_id = resident_id
        self._name = str(registered["external_id"])
        self._mqtt = registered["mqtt"]
        self._clock = clock
        self._address = address
        self._changed = threading.Condition()
        self._unanswered: dict[str, tuple[Press, bytes]] = {}
        self._new: list[bytes] = []
        self._is_awake = False
        self._count = 0
        self._ending = False

    def press(self, cause: str) -> Press:
        """Press it once; whatever happens to the house, it goes on until it is answered."""
        now = self._clock.now()
        with self._changed:
            self._count += 1
            press = Press(self.device_id, f"{self._name}-{self._count}", self.resident_id, cause, now)
            said = {
                "id": press.id,
                "kind": "call_button.pressed",
                "occurred_at": format_instant(now),
                "data": {},
            }
            payload = json.dumps(said).encode()
            self._unanswered[press.id] = (press, payload)
            self._new.append(payload)
            self._changed.notify_all()
            if not self._is_awake:
                self._is_awake = True
                threading.Thread(target=self._work, name=self._name, daemon=True).start()
        return press

    def wait_until_answered(self, seconds: float) -> bool:
        """Wait until every press has its receipt; False if one has none in time."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._unanswered, seconds)

    def end(self) -> None:
        with self._changed:
            self._ending = True
            self._changed.notify_all()

    def _work(self) -> None:
        while True:
            self._be_awake()
            with self._changed:
                if not self._unanswered or self._ending:
                    self._is_awake = False
                    return

    def _be_awake(self) -> None:
        """Be connected until all is answered."""
        client = paho.Client(CallbackAPIVersion.VERSION2, client_id=self._name, clean_session=True)
        client.username_pw_set(self._mqtt["username"], self._mqtt["password"])
        client.reconnect_delay_set(min_delay=1, max_delay=1)
        client.on_socket_open = _send_at_once
        client.on_connect = self._connected
        client.on_subscribe = lambda *_: self._send_all(client)
        client.on_message = self._heard
        client.connect_async(*self._address, keepalive=10)
        client.loop_start()
        while True:
            with self._changed:
                self._changed.wait_for(self._has_news, SEND_AGAIN_AFTER.total_seconds())
                if not self._unanswered or self._ending:
                    break
                new, self._new = self._new, []
            if new:
                self._send(client, new)
            else:
                self._send_all(client)
        client.disconnect()
        client.loop_stop()

    def _has_news(self) -> bool:
        return bool(self._new) or not self._unanswered or self._ending

    def _connected(self, client: paho.Client, *_: Any) -> None:
        client.subscribe(f"anxin/v1/{self._name}/receipt", qos=1)

    def _send_all(self, client: paho.Client) -> None:
        with self._changed:
            self._new = []
            payloads = [payload for _, payload in self._unanswered.values()]
        self._send(client, payloads)

    def _send(self, client: paho.Client, payloads: list[bytes]) -> None:
        for payload in payloads if client.is_connected() else ():
            client.publish(f"anxin/v1/{self._name}/alarm", payload, qos=1)

    def _heard(self, _client: paho.Client, _data: Any, message: paho.MQTTMessage) -> None:
        receipt = json.loads(message.payload)
        with self._changed:
            press, _ = self._unanswered.pop(str(receipt["id"]), (None, b""))
            if press is not None:
                press.receipt = str(receipt["result"])
                press.receipt_at = self._clock.now()
                self._changed.notify_all()


def _send_at_once(_client: paho.Client, _data: Any, sock: Any) -> None:
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
