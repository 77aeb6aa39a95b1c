"""One persistent session at the broker: messages come in, receipts go out, and a message is acknowledged only
when it is said to be done.

One thread alone touches the MQTT client; others leave what they want in its outbox. A packet that the broker
sends again while the house still holds it is known by its number or its bytes and is no new message. It never
gives up: a broker that is away is called again for ever.
"""

from __future__ import annotations

import contextlib
import logging
import selectors
import socket
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from paho.mqtt.client import Client, ConnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from services.domain.ports import BrokerUnavailable, Clock, Outgoing
from services.ingest.buffered_socket import BufferedSocket, send_at_once, watch
from services.ingest.messages import Message, Packet
from services.ingest.packets import Publish, acknowledged, published

KEEP_ALIVE_SECONDS = 30
"""The broker takes us for gone after one and a half of these."""
CONNECT_SECONDS = 5.0
PAUSES = (0.1, 0.3, 1.0, 2.0, 5.0)
"""Seconds between attempts to connect; the last one for ever."""
POLL_SECONDS = 1.0
"""How often the client is asked whether a ping is due, when nothing else happens."""

log = logging.getLogger("anxin.mqtt")


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """Where the broker is, and as whom the house signs in."""

    host: str
    port: int
    username: str | None = None
    password: str | None = None
    tls: bool = False

    @classmethod
    def parse(cls, url: str, username: str | None = None, password: str | None = None) -> BrokerAddress:
        """Read ``mqtt://[user:password@]host[:port]`` or ``mqtts://…``; anything else: ValueError.

        What a URL cannot hold as it is stands in user and password as ``%3A`` and the like.
        """
        parts = urlsplit(url)
        if parts.scheme not in {"mqtt", "mqtts"} or not parts.hostname:
            raise ValueError(f"expected mqtt://host:port or mqtts://host:port, found {url[:80]!r}")
        tls = parts.scheme == "mqtts"
        return cls(
            host=parts.hostname,
            port=parts.port or (8883 if tls else 1883),
            username=username or (None if parts.username is None else unquote(parts.username)),
            password=password or (None if parts.password is None else unquote(parts.password)),
            tls=tls,
        )


class _Client(Client):
    """The MQTT client on a socket that is read and written by the turn."""

    def _create_socket(self) -> Any:
        return BufferedSocket(super()._create_socket())


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a session hears. ``former`` is what the broker may still keep of an earlier start for the same
    client, and what is ended.
    """

    topics: str
    former: str | None = None


class Session:
    """A persistent MQTT 3.1.1 session with its own thread.

    ``client_id`` must stay the same over restarts, or what the broker keeps for it is lost; it must not be
    guessable, or a device could take the session over. ``arrived`` is called in the session's thread for each
    new message, ``has_room`` tells whether more may be read now; ``connected`` is called when the
    subscription stands, ``lost`` when the connection is gone. Without a subscription it only speaks.
    """

    def __init__(
        self,
        address: BrokerAddress,
        client_id: str,
        subscription: Subscription | None,
        *,
        clock: Clock,
        arrived: Callable[[Message], None],
        has_room: Callable[[], bool] = lambda: True,
        connected: Callable[[], None] = lambda: None,
        lost: Callable[[], None] = lambda: None,
    ) -> None:
        self.fault: str | None = "not connected yet"
        self._address = address
        self._clock = clock
        self._arrived = arrived
        self._subscription = subscription
        self._has_room = has_room
        self._on_connected = connected
        self._on_lost = lost
        self._client = self._make_client(client_id)
        self._connected = threading.Event()
        self._stopping = threading.Event()
        self._outbox: deque[Callable[[], None]] = deque()
        self._wake_read, self._wake_write = socket.socketpair()
        self._wake_read.settimeout(0)
        self._wake_write.settimeout(0)
        self._is_woken = False
        self._thread = threading.Thread(target=self._run, name=f"anxin-mqtt-{client_id}", daemon=True)
        # Touched by the session's thread alone:
        self._connection = 0
        self._seen: set[int] = set()
        self._open: dict[int, Message] = {}
        self._older: dict[tuple[str, bytes], list[Message]] = {}

    def _make_client(self, client_id: str) -> Client:
        client = _Client(
            CallbackAPIVersion.VERSION2, client_id=client_id, clean_session=False, manual_ack=True
        )
        if self._address.tls:
            client.tls_set()
        if self._address.username is not None:
            client.username_pw_set(self._address.username, self._address.password)
        client.max_inflight_messages = 0  # no limit: receipts never wait for one another
        client.connect_timeout = CONNECT_SECONDS
        client.on_socket_open = send_at_once
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_message = self._on_message
        client.connect_async(self._address.host, self._address.port, KEEP_ALIVE_SECONDS)
        return client

    # ------------------------------------------------------------------ told, from any thread

    @property
    def is_connected(self) -> bool:
        """Connected, with the subscription granted."""
        return self._connected.is_set()

    def wait_until_connected(self, seconds: float) -> bool:
        """Wait for the subscription; False if it does not stand in time."""
        return self._connected.wait(seconds)

    def start(self) -> None:
        """Begin to connect; returns at once."""
        self._thread.start()

    def stop(self, seconds: float = 2.0) -> None:
        """Disconnect. What is not acknowledged stays with the broker."""
        self._stopping.set()
        self.wake()
        if self._thread.is_alive():
            self._thread.join(timeout=seconds)

    def wake(self) -> None:
        """Let the thread look at its outbox and at whether there is room."""
        if self._is_woken:
            return
        self._is_woken = True
        with contextlib.suppress(BlockingIOError, OSError):  # full: it is awake already; closed: it has ended
            self._wake_write.send(b"\0")

    def publish(self, topic: str, payload: bytes, *, is_asked_again: bool = False) -> None:
        """Send one message, as `publish_all` does."""
        self.publish_all([Outgoing(topic, payload, is_asked_again)])

    def publish_all(self, messages: Sequence[Outgoing]) -> None:
        """Send, not retained, before whatever is asked for later; at QoS 1 what is not asked for again.

        `BrokerUnavailable` without a connection. If that is lost before they are out, they go later.
        """
        if not self.is_connected:
            raise BrokerUnavailable(self.fault or "not connected to the broker")
        self._outbox.append(lambda: self._send(messages))
        self.wake()

    def done(self, messages: Sequence[Message]) -> None:
        """Acknowledge messages of this session."""
        self._outbox.append(lambda: self._acknowledge(messages))
        self.wake()

    # ------------------------------------------------------------------ the session's thread

    def _run(self) -> None:
        pauses = iter(PAUSES)
        while not self._stopping.is_set():
            self._connection += 1
            try:
                self._client.reconnect()
                was_connected = self._serve()
            except OSError as error:
                was_connected = False
                self.fault = f"no broker at {self._address.host}:{self._address.port}: {error}"
            except Exception as error:
                was_connected = self._connected.is_set()
                self.fault = f"the connection to the broker failed: {type(error).__name__}: {error}"
                log.exception("the connection to the broker failed; it is made anew")
            if self._connected.is_set():
                self._connected.clear()
                self._on_lost()
            if was_connected:
                pauses = iter(PAUSES)
            if self._stopping.wait(next(pauses, PAUSES[-1])):
                break
        self._wake_read.close()
        self._wake_write.close()

    def _serve(self) -> bool:
        """Read and write until the connection is gone; True if the subscription stood."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._wake_read, selectors.EVENT_READ)
            watched: tuple[Any, int] = (None, 0)
            while (sock := self._socket()) is not None:
                wanted = selectors.EVENT_WRITE if self._client.want_write() or sock.has_unsent else 0
                if self._has_room():
                    wanted |= selectors.EVENT_READ
                watched = watch(selector, watched, (sock, wanted))
                ready = {key.fileobj: mask for key, mask in selector.select(POLL_SECONDS)}
                self._turn(sock, ready.get(sock, 0), is_woken=self._wake_read in ready)
        if self._connected.is_set():
            self.fault = "the connection to the broker was lost"
        return self._connected.is_set()

    def _socket(self) -> BufferedSocket | None:
        sock: Any = self._client.socket()
        return sock if isinstance(sock, BufferedSocket) else None

    def _turn(self, sock: BufferedSocket, ready: int, *, is_woken: bool) -> None:
        if ready & selectors.EVENT_READ:
            self._read(sock)
        if is_woken:
            with contextlib.suppress(BlockingIOError):
                self._wake_read.recv(4096)
            self._is_woken = False  # before the outbox is emptied: what is put in later wakes again
        if self._connected.is_set():
            while self._outbox:
                self._outbox.popleft()()
        if ready & selectors.EVENT_WRITE or self._client.want_write():
            self._client.loop_write()
        self._client.loop_misc()
        sock.flush()
        if self._stopping.is_set():
            self._client.disconnect()
            sock.flush()

    def _read(self, sock: BufferedSocket) -> None:
        """Read a page, and all the packets in it: messages at once, everything else as the client does."""
        for came in sock.messages():
            if came is not None:
                self._heard(came)
                continue
            while self._client.loop_read() is MQTTErrorCode.MQTT_ERR_SUCCESS and sock.has_unread:
                pass
            if self._socket() is not sock:
                return

    def _send(self, messages: Sequence[Outgoing]) -> None:
        """What nobody keeps account of is written past the client, as what is acknowledged is."""
        for message in messages:
            if message.is_asked_again:
                self._write(published(message.topic.encode(), message.payload))
            else:
                self._client.publish(message.topic, message.payload, qos=1)

    def _write(self, packets: bytes) -> None:
        sock = self._socket()
        if sock is not None:  # without a connection the client lets go of them as well
            sock.send(packets)

    def _acknowledge(self, messages: Sequence[Message]) -> None:
        done = []
        for message in messages:
            packet = message.packet
            if packet is None:
                continue
            packet.is_done = True
            if packet.connection == self._connection:
                self._open.pop(packet.number, None)
                done.append(acknowledged(packet.number))
        self._write(b"".join(done))

    # ------------------------------------------------------------------ heard, in the session's thread

    def _on_connect(
        self, client: Client, _data: object, flags: ConnectFlags, reason: ReasonCode, _properties: object
    ) -> None:
        if reason.is_failure:
            self.fault = f"the broker refused the house: {reason}"
            log.error("%s", self.fault)
            return
        held = list(self._open.values())
        self._open.clear()
        self._seen.clear()
        if flags.session_present:
            for message in held:  # these will be sent again
                self._older.setdefault((message.topic, message.payload), []).append(message)
        else:
            self._older.clear()
        if self._subscription is None:
            self._stands()
            return
        client.subscribe(self._subscription.topics, 1)
        if self._subscription.former is not None:
            client.unsubscribe(self._subscription.former)

    def _on_subscribe(
        self,
        client: Client,
        _data: object,
        _number: int,
        reasons: list[ReasonCode],
        _properties: Properties | None,
    ) -> None:
        if any(reason.is_failure for reason in reasons):
            topics = "" if self._subscription is None else self._subscription.topics
            self.fault = f"the broker refused the subscription to {topics}"
            log.error("%s", self.fault)
            client.disconnect()
            return
        self._stands()

    def _stands(self) -> None:
        self.fault = None
        self._connected.set()
        self._on_connected()

    def _on_message(self, _client: Client, _data: object, came: MQTTMessage) -> None:
        """One that was too long to be read at once."""
        topic = came._topic  # noqa: SLF001 - the only way to the bytes, which may be no text
        self._heard(Publish(topic, bytes(came.payload), came.mid, came.qos, came.dup, came.retain))

    def _heard(self, came: Publish) -> None:
        if came.qos == 0:
            self._arrived(self._message(came, None))
            return
        if self._is_held(came):
            return
        self._seen.add(came.number)
        message = self._message(came, Packet(self, came.number, self._connection))
        self._open[came.number] = message
        self._arrived(message)

    def _is_held(self, came: Publish) -> bool:
        """Whether the broker sends again what the house has in hand; if that is done, it is acknowledged.

        After a crash the broker may have forgotten that it sent a packet before, so among what came over an
        older connection and still waits the bytes decide: of so many equal messages, that many are not new.
        What is done already is known only by the broker's own mark of a repeat, lest a new press be taken for
        it.
        """
        if came.dup and came.number in self._seen:
            if came.number not in self._open:
                self._client.ack(came.number, 1)
            return True
        if not self._older:
            return False
        like = self._message(came, None)
        waiting = self._older.get((like.topic, like.payload), [])
        message = next((each for each in waiting if came.dup or not _is_done(each)), None)
        if message is None:
            return False
        waiting.remove(message)
        self._seen.add(came.number)
        if message.packet is None or _is_done(message):
            self._client.ack(came.number, 1)
        else:
            message.packet.number, message.packet.connection = came.number, self._connection
            self._open[came.number] = message
        return True

    def _message(self, came: Publish, packet: Packet | None) -> Message:
        return Message(
            topic=came.topic.decode("utf-8", "backslashreplace"),
            payload=came.payload,
            received_at=self._clock.now(),
            retained=came.retain,
            packet=packet,
        )


def _is_done(message: Message) -> bool:
    return message.packet is not None and message.packet.is_done
