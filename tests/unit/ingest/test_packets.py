"""A page of bytes is cut into the packets that the client would read, and a message is read as the client
reads it, wherever the page ends.
"""

from __future__ import annotations

import struct
from itertools import pairwise
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paho.mqtt._packet import decode_publish
from paho.mqtt.client import Client, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes

from services.ingest.packets import PAGE, Publish, acknowledged, cut, published

PUBACK = b"\x40\x02\x00\x07"
PINGRESP = b"\xd0\x00"


def _length(length: int) -> bytes:
    said = bytearray()
    while True:
        length, rest = divmod(length, 128)
        said.append(rest | (128 if length else 0))
        if not length:
            return bytes(said)


def packet(message: Publish) -> bytes:
    """The message as MQTT 3.1.1 writes it (section 3.3)."""
    head = PacketTypes.PUBLISH << 4 | message.dup << 3 | message.qos << 1 | message.retain
    number = struct.pack("!H", message.number) if message.qos else b""
    body = struct.pack("!H", len(message.topic)) + message.topic + number + message.payload
    return bytes([head]) + _length(len(body)) + body


messages = st.builds(
    Publish,
    topic=st.binary(min_size=1, max_size=200),
    payload=st.binary(max_size=400) | st.sampled_from([b"x" * 20_000, b"y" * (PAGE - 300)]),
    number=st.integers(1, 65_535),
    qos=st.sampled_from([0, 1]),
    dup=st.booleans(),
    retain=st.booleans(),
).map(lambda message: message if message.qos else message._replace(number=0))


def _all_of(pages: list[bytes]) -> list[Publish | bytes]:
    found: list[Publish | bytes] = []
    torn = b""
    for page in pages:
        came = cut(torn + page)
        assert not came.owed
        found += came.packets
        torn = came.torn
    assert torn == b""
    return found


@given(st.lists(messages | st.sampled_from([PUBACK, PINGRESP]), max_size=12), st.lists(st.integers(0, 3000)))
def test_wherever_a_page_ends_the_packets_are_those_that_were_sent(
    sent: list[Publish | bytes], ends: list[int]
) -> None:
    whole = b"".join(each if isinstance(each, bytes) else packet(each) for each in sent)
    places = sorted({min(end, len(whole)) for end in ends} | {0, len(whole)})
    pages = [whole[begin:end] for begin, end in pairwise(places)]
    assert _all_of(pages) == sent


@given(messages)
def test_a_message_is_read_as_the_client_reads_it(message: Publish) -> None:
    whole = packet(message)
    body_at = next(place for place in range(1, 5) if whole[place] < 128) + 1
    read = decode_publish(whole[0], whole[body_at:], MQTTv311)
    [found] = cut(whole).packets
    assert found == Publish(read.topic, bytes(read.payload), read.mid, read.qos, read.dup, read.retain)


@pytest.mark.parametrize(
    "whole",
    [
        pytest.param(b"\x34\x06\x00\x01a\x00\x01x", id="exactly once"),
        pytest.param(b"\x36\x06\x00\x01a\x00\x01x", id="a quality that there is not"),
        pytest.param(b"\x30\x03\x00\x00x", id="no topic"),
        pytest.param(b"\x30\x03\x00\x05a", id="a topic beyond the end"),
        pytest.param(b"\x32\x04\x00\x01a\x00", id="half a number"),
        pytest.param(b"\x30\x00", id="nothing at all"),
        pytest.param(PUBACK, id="an acknowledgement"),
    ],
)
def test_what_is_out_of_order_is_left_to_the_client_as_it_came(whole: bytes) -> None:
    after = packet(Publish(b"t", b"p", 0, 0, dup=False, retain=False))
    assert cut(whole + after).packets == [whole, Publish(b"t", b"p", 0, 0, dup=False, retain=False)]


def test_a_length_that_is_none_is_left_to_the_client_with_all_behind_it() -> None:
    wrong = b"\x30\xff\xff\xff\xff\x01abc"
    assert cut(PINGRESP + wrong).packets == [PINGRESP, wrong]


def test_a_message_longer_than_a_page_is_the_clients_and_so_is_what_comes_of_it() -> None:
    whole = packet(Publish(b"t", b"x" * (2 * PAGE), 1, 1, dup=False, retain=False))
    page = cut(PUBACK + whole[:PAGE])
    assert page.packets == [PUBACK, whole[:PAGE]]
    assert (page.torn, page.owed) == (b"", len(whole) - PAGE)


@pytest.mark.parametrize("came", range(1, 5))
def test_of_a_longest_length_that_is_torn_the_rest_is_waited_for(came: int) -> None:
    whole = packet(Publish(b"t", b"x" * 2**21, 1, 1, dup=False, retain=False))
    assert _length(2**21 + 5) == whole[1:5]
    page = cut(PINGRESP + whole[:came])
    assert (page.packets, page.torn, page.owed) == ([PINGRESP], whole[:came], 0)
    assert cut(page.torn + whole[came:PAGE]).owed == len(whole) - PAGE


@given(st.binary(min_size=1, max_size=200), st.binary(max_size=400) | st.just(b"x" * 16_000))
def test_what_is_written_past_the_client_is_what_it_would_write(topic: bytes, payload: bytes) -> None:
    assert published(topic, payload) == packet(Publish(topic, payload, 0, 0, dup=False, retain=False))


def test_a_message_that_is_too_long_to_be_written_past_the_client_is_refused() -> None:
    assert published(b"a", b"x" * (2**14 - 4))
    with pytest.raises(ValueError, match="16384 bytes"):
        published(b"a", b"x" * (2**14 - 3))


@given(st.integers(1, 65_535))
def test_an_acknowledgement_is_the_one_that_the_client_writes(number: int) -> None:
    written = bytearray()
    client = Client(CallbackAPIVersion.VERSION2, manual_ack=True)
    with patch.object(client, "_packet_queue", lambda _command, packet, *_: written.extend(packet)):
        client.ack(number, 1)
    assert acknowledged(number) == bytes(written)
