"""A socket that is read by the pageful and written by the turn, for a client that asks for single bytes.

The MQTT client reads the head of each packet a byte at a time and sends each packet by itself: six calls of
the system for a message that is answered, each of them a chance for another thread to take the interpreter.
It must never keep back what was sent for longer than the turn in which it was: whoever owns it calls `flush`.
"""

from __future__ import annotations

import ssl
from typing import Any

PAGE = 64 * 1024
"""Bytes that are read at one go: some hundred messages."""

FULL_FOR_NOW = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class BufferedSocket:
    """Takes the place of a connected, non-blocking socket, or of one with TLS around it.

    What is not named here is the socket's own.
    """

    def __init__(self, sock: Any) -> None:
        self.plain = sock
        self._unread = memoryview(b"")
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
        """Up to ``size`` bytes; empty at the end, `BlockingIOError` where nothing came: as any socket."""
        if not self._unread:
            self._unread = memoryview(self.plain.recv(PAGE))
        taken, self._unread = self._unread[:size], self._unread[size:]
        return bytes(taken)

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
