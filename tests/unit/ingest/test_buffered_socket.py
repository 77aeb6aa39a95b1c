"""A socket read by the pageful and written by the turn says the same as the one under it."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from services.ingest.buffered_socket import BufferedSocket
from services.ingest.packets import PAGE, Publish


@pytest.fixture
def pair() -> Iterator[tuple[BufferedSocket, socket.socket]]:
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    with ours, theirs:
        yield BufferedSocket(ours), theirs


PINGRESP, PUBACK = b"\xd0\x00", b"\x40\x02\x00\x07"
MESSAGE = b"\x32\x07\x00\x01a\x00\x09hi"
READ = Publish(b"a", b"hi", 9, 1, dup=False, retain=False)


def test_messages_are_taken_out_and_the_rest_is_read_in_order_however_little_is_asked_for(
    pair: tuple[BufferedSocket, socket.socket],
) -> None:
    ours, theirs = pair
    theirs.sendall(MESSAGE + PUBACK + MESSAGE + PINGRESP[:1])
    page = ours.messages()
    assert [next(page), next(page)] == [READ, None]
    assert [ours.recv(1), ours.recv(2), ours.has_unread] == [PUBACK[:1], PUBACK[1:3], True]
    assert [ours.recv(9), ours.has_unread] == [PUBACK[3:], False]
    with pytest.raises(BlockingIOError):
        ours.recv(1)  # what lies behind is not the client's
    assert list(page) == [READ]
    theirs.sendall(PINGRESP[1:])
    assert (list(ours.messages()), ours.recv(9)) == ([None], PINGRESP)
    assert list(ours.messages()) == [], "nothing came"


def test_the_end_is_the_clients_to_find(pair: tuple[BufferedSocket, socket.socket]) -> None:
    ours, theirs = pair
    theirs.sendall(MESSAGE)
    theirs.close()
    assert (list(ours.messages()), list(ours.messages()), ours.recv(1)) == ([READ], [None], b"")


def test_a_message_longer_than_a_page_goes_through_the_client(
    pair: tuple[BufferedSocket, socket.socket],
) -> None:
    ours, theirs = pair
    body = b"\x00\x01a" + b"x" * (PAGE + 500)
    whole = b"\x30" + bytes([len(body) & 127 | 128, (len(body) >> 7) & 127 | 128, len(body) >> 14]) + body
    theirs.sendall(whole[:PAGE])
    read = b""
    for came in ours.messages():
        assert came is None
        read += ours.recv(2 * PAGE)
    theirs.sendall(whole[PAGE:] + MESSAGE)
    rest = ours.messages()
    while (came := next(rest)) is None:
        read += ours.recv(2 * PAGE)
    assert (came, read) == (READ, whole)


def test_a_message_of_several_pages_is_the_clients_to_its_last_byte(
    pair: tuple[BufferedSocket, socket.socket],
) -> None:
    ours, theirs = pair
    body = b"\x00\x01a" + MESSAGE * PAGE
    length = bytes([len(body) & 127 | 128, (len(body) >> 7) & 127 | 128, (len(body) >> 14) & 127])
    whole, read = b"\x30" + length + body, b""
    for begin in range(0, len(whole), PAGE):
        theirs.sendall(whole[begin : begin + PAGE])
        for came in ours.messages():
            assert came is None, "what lies in it is no message"
            read += ours.recv(2 * PAGE)
    assert read == whole
    theirs.sendall(MESSAGE)
    assert list(ours.messages()) == [READ]


def test_what_is_sent_goes_out_with_the_turn(pair: tuple[BufferedSocket, socket.socket]) -> None:
    ours, theirs = pair
    assert ours.send(b"abc") + ours.send(b"de") == 5
    assert ours.has_unsent
    ours.flush()
    assert (theirs.recv(9), ours.has_unsent) == (b"abcde", False)


def test_what_the_other_side_does_not_take_yet_waits(pair: tuple[BufferedSocket, socket.socket]) -> None:
    ours, theirs = pair
    whole = b"x" * (40 * PAGE)
    ours.send(whole)
    ours.flush()
    assert ours.has_unsent
    got = 0
    while got < len(whole):
        got += len(theirs.recv(PAGE))
        ours.flush()
    assert not ours.has_unsent


def test_a_broken_connection_is_found_by_whoever_reads(pair: tuple[BufferedSocket, socket.socket]) -> None:
    ours, theirs = pair
    theirs.close()
    ours.send(b"abc")
    ours.flush()
    assert not ours.has_unsent, "nobody waits for ever until it takes the rest"
    assert (list(ours.messages()), ours.recv(1)) == ([None], b"")
