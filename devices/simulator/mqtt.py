"""MQTT as a device speaks it: at QoS 1 on its own topics, sent again until the service says it is stored.
A `Wire` is one connection to the broker; a `DeviceLink` is one device on its own wire. Nothing here decides
what a device says, nor in which words: its ecosystem does.
"""

import contextlib
import socket
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Condition, Event
from typing import Any
from urllib.parse import urlsplit

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from devices.simulator.acts import Saying
from devices.simulator.ecosystems import native
from devices.simulator.ecosystems.speaking import Ecosystem, Message, Reassurance, Receipt
from devices.simulator.instruments.quirks.flood import READINGS

CONNECT_WITHIN = timedelta(seconds=15)
"""Long enough for a broker that is just taking in the credentials of a new device."""
TRIES = 6

Heard = Callable[[str, bytes], None]
"""Is told topic and payload of whatever comes in, on the connection's own thread."""


class BrokerUnreachable(Exception):
    """There was no connection, or no subscription, to be had in time."""


class NotStored(Exception):
    """The service did not say that it stored an event: it is gone, or it refused the event."""


class Wire:
    """One connection to a broker. `open` waits until it stands; a lost one is made again by itself."""

    def __init__(self, url: str, username: str, password: str, client_id: str) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 1883
        self._ready = Event()
        self._refusal = ""
        self._topics: tuple[str, ...] = ()
        self._greeting: Message | None = None
        self._client = paho.Client(CallbackAPIVersion.VERSION2, client_id=client_id)
        self._client.username_pw_set(username, password)
        self._client.reconnect_delay_set(min_delay=1, max_delay=5)
        self._client.on_socket_open = _send_at_once
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = self._on_disconnect
        self._client.on_subscribe = self._on_subscribe

    def open(
        self,
        topics: tuple[str, ...] = (),
        heard: Heard | None = None,
        will: Message | None = None,
        stands: Message | None = None,
    ) -> None:
        """Connect and subscribe; ``will`` is what the broker says when the connection breaks, and ``stands``
        what is said whenever it stands.
        """
        self._topics, self._greeting = topics, stands
        if heard is not None:
            self._client.on_message = lambda _client, _data, message: heard(
                message.topic, bytes(message.payload)
            )
        if will is not None:
            self._client.will_set(will.topic, will.payload, qos=1, retain=will.retain)
        self._client.connect_async(self._host, self._port, keepalive=30)
        self._client.loop_start()
        if not self._ready.wait(CONNECT_WITHIN.total_seconds()):
            self.close()
            reason = self._refusal or "no answer"
            raise BrokerUnreachable(f"the broker at {self._host}:{self._port} cannot be used: {reason}")

    def say(self, message: Message) -> None:
        self.publish(message.topic, message.payload, retain=message.retain)

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        self._client.publish(topic, payload, qos=1, retain=retain)

    @property
    def is_ready(self) -> bool:
        """Whether it stands, with its subscriptions."""
        return self._ready.is_set()

    def cut(self) -> None:
        """Lose the connection without a goodbye; it is made again by itself."""
        self._ready.clear()
        line = self._client.socket()
        if isinstance(line, socket.socket):
            with contextlib.suppress(OSError):  # the other side was quicker
                line.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _on_disconnect(
        self, _client: paho.Client, _data: Any, _flags: Any, _reason: Any, _properties: Any
    ) -> None:
        self._ready.clear()

    def _on_connect(
        self, client: paho.Client, _data: Any, _flags: Any, reason: Any, _properties: Any
    ) -> None:
        if reason.is_failure:
            self._refusal = str(reason)
        elif self._topics:
            client.subscribe([(topic, 1) for topic in self._topics])
        else:
            self._stands()

    def _on_subscribe(
        self, _client: paho.Client, _data: Any, _id: int, granted: Any, _properties: Any
    ) -> None:
        refused = [str(reason) for reason in granted if reason.is_failure]
        if refused:
            self._refusal = f"a subscription was refused ({refused[0]})"
        else:
            self._stands()

    def _stands(self) -> None:
        if self._greeting is not None:
            self.say(self._greeting)
        self._ready.set()


class DeviceLink:
    """One device, signed in with its own credentials. ``said`` is told each state it is to say."""

    def __init__(
        self,
        external_id: str,
        wire: Wire,
        said: Callable[[str], None],
        send_again_after: timedelta = timedelta(seconds=5),
        ecosystem: Ecosystem = native.ECOSYSTEM,
    ) -> None:
        self.external_id = external_id
        self._ecosystem = ecosystem
        self._wire = wire
        self._said = said
        self._send_again_after = send_again_after
        self._receipts: dict[str, str] = {}
        self._changed = Condition()
        self._sent = 0

    def open(self) -> None:
        gone, there = (self._ecosystem.presence(self.external_id, is_online=each) for each in (False, True))
        self._wire.open(self._ecosystem.hears_on(self.external_id), self._heard, gone, there)

    def close(self) -> None:
        """Leave as a device that is switched off in good order: nobody is told by its last will."""
        self._wire.close()

    def send(self, kind: str, occurred_at: datetime, data: dict[str, Any] | None = None) -> None:
        """Say something, again and again until the receipt is there; without any: `NotStored`."""
        self._sent += 1
        event_id = f"{occurred_at:%Y%m%dT%H%M%S}-{self._sent}"
        self.say(Saying(occurred_at, self.external_id, event_id, kind, occurred_at, data or {}))

    def say(self, saying: Saying) -> None:
        """Say what is no presence, again and again until the receipt is there; without any: `NotStored`."""
        event_id, kind = saying.id, saying.kind
        messages = self._ecosystem.messages(self.external_id, saying)
        self._receipts.pop(event_id, None)
        for _ in range(TRIES):
            for message in messages:
                self._wire.say(message)
            with self._changed:
                came = self._changed.wait_for(
                    lambda: event_id in self._receipts, timeout=self._send_again_after.total_seconds()
                )
            if came:
                break
        result = self._receipts.get(event_id, "no receipt")
        if result == "quarantined" and saying.kind in READINGS:
            return  # the house passes over readings that come too fast
        if result not in ("stored", "duplicate"):
            raise NotStored(f"{self.external_id}: {kind} was not stored: {result}")

    def is_there(self, *, is_online: bool) -> None:
        """Say what the last will says, or that one is back; no receipt comes for it."""
        self._wire.say(self._ecosystem.presence(self.external_id, is_online=is_online))

    def _heard(self, topic: str, payload: bytes) -> None:
        match self._ecosystem.heard(topic, payload):
            case Reassurance(state):
                self._said(state)
            case Receipt(event_id, result):
                with self._changed:
                    self._receipts[event_id] = result
                    self._changed.notify_all()
            case None:
                pass


def _send_at_once(_client: paho.Client, _data: Any, sock: Any) -> None:
    """The client never asks for this, and small messages would otherwise wait for one another."""
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
