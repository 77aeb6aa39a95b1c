"""Packets: a page of bytes from the broker cut into MQTT 3.1.1 packets, and messages read out of it at once;
and the two packets that a house answers each of them with.

A house reads messages by the thousand and everything else a few times a day. So a message that lies whole in
the page is read here and not by the client, which reads a byte at a time (docs/decisions/0028); any other
packet, and any message that is out of order, is left to the client as it came. It must never read or write a
message otherwise than the client would.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

PAGE = 64 * 1024
"""Bytes that are read at one go: some hundred messages. What is longer is not waited for here."""

_PUBLISH, _PUBACK = 0x30, 0x40
_KIND, _DUP, _QOS, _RETAIN = 0xF0, 0x08, 0x06, 0x01
_MORE, _SEVEN = 0x80, 0x7F
_AT_LEAST_ONCE, _EXACTLY_ONCE = 0x02, 0x04
_LONGEST_LENGTH = 4
"""Bytes of the field that says how long a packet is."""


class Publish(NamedTuple):
    """A message as the broker hands it out, at QoS 0 or 1; ``number`` is 0 at QoS 0."""

    topic: bytes
    payload: bytes
    number: int
    qos: int
    dup: bool
    retain: bool


@dataclass(frozen=True, slots=True)
class Cut:
    """What lay in a page: messages, and what is for the client, in their order. ``torn`` is the beginning of
    a packet that has not come whole yet; ``owed`` are the bytes to come that are the client's as well.
    """

    packets: list[Publish | bytes]
    torn: bytes = b""
    owed: int = 0


def cut(page: bytes) -> Cut:
    """Cut a page that begins with a packet."""
    packets: list[Publish | bytes] = []
    at, size = 0, len(page)
    while at + 1 < size:
        length, begins = page[at + 1], at + 2
        if length & _MORE:
            told = _long_length(page, at + 1)
            if told is None:
                if size - at <= _LONGEST_LENGTH:
                    break  # the length itself is torn
                return Cut([*packets, page[at:]])  # no packet: the client says so
            length, begins = told
        ends = begins + length
        if ends > size:
            if length > PAGE:
                return Cut([*packets, page[at:]], owed=ends - size)
            break
        packets.append(_publish(page, at, begins, ends) or page[at:ends])
        at = ends
    return Cut(packets, page[at:])


def published(topic: bytes, payload: bytes) -> bytes:
    """The packet of a message at QoS 0, of which nobody keeps account: up to 16 KiB, of more ValueError."""
    length = 2 + len(topic) + len(payload)
    if length <= _SEVEN:
        head = bytes((_PUBLISH, length))
    elif length >> 14:
        raise ValueError(f"expected a message of up to 16 KiB, found {length} bytes")
    else:
        head = bytes((_PUBLISH, length & _SEVEN | _MORE, length >> 7))
    return b"%b%b%b%b" % (head, len(topic).to_bytes(2), topic, payload)


def acknowledged(number: int) -> bytes:
    """The packet that acknowledges a message at QoS 1."""
    return bytes((_PUBACK, 2, number >> 8, number & 0xFF))


def _long_length(page: bytes, at: int) -> tuple[int, int] | None:
    """A length of several bytes and where it ends; None for one that is torn or is none."""
    length = 0
    for place, byte in enumerate(page[at : at + _LONGEST_LENGTH]):
        length |= (byte & _SEVEN) << (7 * place)
        if not byte & _MORE:
            return length, at + place + 1
    return None


def _publish(page: bytes, at: int, begins: int, ends: int) -> Publish | None:
    """The message in a packet; None for another packet, and for what the client is to judge."""
    head = page[at]
    if head & _KIND != _PUBLISH or head & _EXACTLY_ONCE or ends - begins < 3:  # noqa: PLR2004 - length and a character
        return None
    topic_at = begins + 2
    topic_ends = topic_at + (page[begins] << 8 | page[begins + 1])
    number, payload_at = 0, topic_ends
    if head & _AT_LEAST_ONCE:
        payload_at += 2
        if payload_at <= ends:
            number = page[topic_ends] << 8 | page[topic_ends + 1]
    if topic_ends == topic_at or payload_at > ends:
        return None
    return Publish(
        page[topic_at:topic_ends],
        page[payload_at:ends],
        number,
        1 if head & _AT_LEAST_ONCE else 0,
        bool(head & _DUP),
        bool(head & _RETAIN),
    )
