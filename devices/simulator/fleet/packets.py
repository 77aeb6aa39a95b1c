"""MQTT 3.1.1 by hand, as little of it as one needs who plays thousands of devices: a client library would be
the limit of what can be published. It decides nothing about what is said.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator

CONNECT, CONNACK, PUBLISH, PUBACK, SUBSCRIBE, SUBACK = 1, 2, 3, 4, 8, 9
QOS_1 = 0x02
RETAINED = 0x01
CLEAN_SESSION = 0x02
WITH_CREDENTIALS = 0xC0
MOST_PACKET = 65535
PATIENCE = 20.0
"""Seconds within which a broker has to answer."""
_BYTE = 128


class BrokerRefuses(Exception):
    """The broker does not do what every broker does; the words say what."""


def connect(client_id: str, username: str = "", password: str = "") -> bytes:
    """Sign in without a memory, and without credentials if there are none; no keep-alive, whoever plays ends
    sooner.
    """
    flags = CLEAN_SESSION | (WITH_CREDENTIALS if username else 0)
    head = _text("MQTT") + bytes((4, flags, 0, 0)) + _text(client_id)
    return _packet(CONNECT, 0, head + (_text(username) + _text(password) if username else b""))


def publish(topic: str | bytes, payload: bytes, number: int, *, retain: bool = False) -> bytes:
    """A message at QoS 1; ``number`` is the packet number, 1 to 65535."""
    raw = topic.encode() if isinstance(topic, str) else topic
    head = struct.pack("!H", len(raw)) + raw + struct.pack("!H", number)
    return _packet(PUBLISH, QOS_1 | (RETAINED if retain else 0), head + payload)


def subscribe(topics: str, qos: int = 1) -> bytes:
    return _packet(SUBSCRIBE, QOS_1, struct.pack("!H", 1) + _text(topics) + bytes((qos,)))


def acknowledge(number: int) -> bytes:
    return _packet(PUBACK, 0, struct.pack("!H", number))


def acknowledged(body: bytes) -> int:
    """The packet number of a PUBACK."""
    (number,) = struct.unpack_from("!H", body)
    return int(number)


def payload_in(body: bytes, qos: int) -> bytes:
    """What a PUBLISH carries."""
    return message_in(body, qos)[1]


def message_in(body: bytes, qos: int) -> tuple[str, bytes]:
    """The topic of a PUBLISH, and what it carries."""
    (length,) = struct.unpack_from("!H", body)
    return body[2 : 2 + length].decode(), body[2 + length + (2 if qos else 0) :]


def number_in(body: bytes) -> int:
    """The packet number of a PUBLISH at QoS 1."""
    (length,) = struct.unpack_from("!H", body)
    (number,) = struct.unpack_from("!H", body, 2 + length)
    return int(number)


class Buffer:
    """Bytes as they come, cut into packets."""

    def __init__(self) -> None:
        self._bytes = b""

    def feed(self, more: bytes) -> Iterator[tuple[int, bytes]]:
        """The packets that are whole now: kind and body."""
        for kind, _, body in self.packets(more):
            yield kind, body

    def packets(self, more: bytes) -> Iterator[tuple[int, int, bytes]]:
        """The packets that are whole now: kind, flags and body."""
        held, place = self._bytes + more, 0
        while (bounds := _bounds(held, place)) is not None:
            first, (begin, place) = held[place], bounds
            yield first >> 4, first & 0x0F, held[begin:place]
        self._bytes = held[place:]


def _bounds(held: bytes, place: int) -> tuple[int, int] | None:
    """Where the body of the packet at ``place`` begins and ends; None while it is not whole."""
    length, shift = 0, 0
    while True:
        place += 1
        if place >= len(held):
            return None
        length |= (held[place] & (_BYTE - 1)) << shift
        shift += 7
        if not held[place] & _BYTE:
            break
    begin = place + 1
    return (begin, begin + length) if begin + length <= len(held) else None


class Line:
    """One blocking connection to a broker."""

    def __init__(
        self, port: int, client_id: str, host: str = "127.0.0.1", username: str = "", password: str = ""
    ) -> None:
        self.socket = socket.create_connection((host, port), timeout=PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._buffer = Buffer()
        self._waiting: list[tuple[int, bytes]] = []
        self.socket.sendall(connect(client_id, username, password))
        if self.next(CONNACK)[1:] != b"\x00":
            self.socket.close()
            how = f"as {username}" if username else "without credentials"
            raise BrokerRefuses(f"the broker at {host}:{port} lets nobody in {how}")

    def next(self, kind: int) -> bytes:
        """The body of the next packet of a kind; others before it are passed over."""
        while True:
            while self._waiting:
                found, body = self._waiting.pop(0)
                if found == kind:
                    return body
            more = self.socket.recv(65536)
            if not more:
                raise BrokerRefuses("the broker closed the connection")
            self._waiting += self._buffer.feed(more)

    def subscribe(self, topics: str, qos: int = 1) -> None:
        """Hear ``topics`` from now on; returns when the broker has said so."""
        self.socket.sendall(subscribe(topics, qos))
        self.next(SUBACK)

    def close(self) -> None:
        self.socket.close()


def _text(text: str) -> bytes:
    raw = text.encode()
    return struct.pack("!H", len(raw)) + raw


def _packet(kind: int, flags: int, body: bytes) -> bytes:
    length, size = len(body), bytearray()
    while True:
        length, byte = divmod(length, _BYTE)
        size.append(byte | _BYTE if length else byte)
        if not length:
            return bytes((kind << 4 | flags,)) + bytes(size) + body
