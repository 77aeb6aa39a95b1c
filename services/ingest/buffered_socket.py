"""A socket that is read by the pageful and written by the turn, for a client that asks for single bytes.

The MQTT client reads the head of each packet a byte at a time and sends each packet by itself: six calls of
the system for a message that is answered, each of them a chance for another thread to take the interpreter.
Messages it need not read at all: they are taken out of the page beside it. It must never keep back what was
sent for longer than the turn in which it was: whoever owns it calls `flush`.
"""

from __future__ import annotations

import selectors
import socket
import ssl
from collections.abc import Iterator
from typing import Any

from services.ingest.packets import PAGE, Publish, cut

FULL_FOR_NOW = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class BufferedSocket:
    """Takes the place of a connected, non-blocking socket, or of one with TLS around it.

    What is not named here is the socket's own.
    """

    def __init__(self, sock: Any) -> None:
        self.plain = sock
        self._unread = memoryview(b"")
        self._torn = b""
        self._owed = 0
        """Bytes to come that are the client's to read, of a packet that is longer than a page."""
        self._has_ended = False
        self._end: OSError | None = None
        self._unsent = bytearray()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.plain, name)

    def fileno(self) -> int:
        number: int = self.plain.fileno()
        return number

    @property
    def has_unread(self) -> bool:
        """More was read than was asked for so far."""
        return len(self._unread) > 0

    @property
    def has_unsent(self) -> bool:
        """Something waits for `flush`."""
        return len(self._unsent) > 0

    def recv(self, size: int) -> bytes:
        """Up to ``size`` bytes of what `messages` laid ready; `BlockingIOError` where that is nothing, and
        what ended the connection, as any socket says it, once that is known.
        """
        if not self._unread:
            if self._end is not None:
                raise self._end
            if not self._has_ended:
                raise BlockingIOError
        taken, self._unread = self._unread[:size], self._unread[size:]
        return bytes(taken)

    def messages(self) -> Iterator[Publish | None]:
        """Read a page, and go through what has come whole: each message, and None where something lies ready
        that the client is to read before it goes on, if it is that nothing more will come.
        """
        try:
            came = self.plain.recv(PAGE)
        except FULL_FOR_NOW:
            return
        except OSError as error:
            came, self._end = b"", error
        if not came:
            self._has_ended = True
            yield None
            return
        owed, came = came[: self._owed], came[self._owed :]
        if owed:
            self._owed -= len(owed)
            self._unread = memoryview(owed)
            yield None
        page = cut(self._torn + came)
        self._torn = page.torn
        self._owed += page.owed
        for packet in page.packets:
            if isinstance(packet, Publish):
                yield packet
            else:
                self._unread = memoryview(packet)
                yield None

    def send(self, data: bytes) -> int:
        """Take everything; it goes out with `flush`."""
        self._unsent += data
        return len(data)

    def flush(self) -> None:
        """Send as much as the other side takes now. A broken connection is found by whoever reads next; what
        can never go out is not kept, or its owner would be told for ever that the socket takes more.
        """
        while self._unsent:
            try:
                sent = self.plain.send(self._unsent)
            except FULL_FOR_NOW:
                return
            except OSError:
                self._unsent.clear()
                return
            del self._unsent[:sent]


def send_at_once(_client: object, _data: object, sock: Any) -> None:
    """Without this an acknowledgement that follows a publish waits 40 ms for the other side's."""
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def watch(
    selector: selectors.BaseSelector, before: tuple[Any, int], wanted: tuple[Any, int]
) -> tuple[Any, int]:
    """Wait for other things of a socket than before; what is waited for now."""
    if before == wanted:
        return before
    if before[1]:
        selector.unregister(before[0])
    if wanted[1]:
        selector.register(*wanted)
    return wanted
