"""A socket read by the pageful and written by the turn says the same as the one under it."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from services.ingest.buffered_socket import PAGE, BufferedSocket


@pytest.fixture
def pair() -> Iterator[tuple[BufferedSocket, socket.socket]]:
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    with ours, theirs:
        yield BufferedSocket(ours), theirs


def test_what_came_is_read_once_and_in_order_however_little_is_asked_for(
    pair: tuple[BufferedSocket, socket.socket],
) -> None:
    ours, theirs = pair
    theirs.sendall(b"abcdef")
    assert [ours.recv(1), ours.recv(2), ours.has_unread] == [b"a", b"bc", True]
    theirs.sendall(b"g")
    assert [ours.recv(9), ours.has_unread, ours.recv(9)] == [b"def", False, b"g"]
    with pytest.raises(BlockingIOError):
        ours.recv(1)
    theirs.close()
    assert ours.recv(1) == b""


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
    assert ours.recv(1) == b""
