"""A line between a browser and a house that a test cuts and mends: it forwards bytes and changes none.
A cut ends what runs over it at once, as a telephone in a tunnel does, and refuses the rest.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from tests.browser.viewers import Visited

_CHUNK = 65536


class Line:
    """Listens on a port of its own on the loopback; `close` ends its threads."""

    def __init__(self, http: str) -> None:
        self._open: set[socket.socket] = set()
        self._turn = threading.Lock()
        self._cut = False
        self._lost = b""
        self.leads_to(http)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.http = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def leads_to(self, http: str) -> None:
        """Where it leads from the next connection on."""
        address = urlsplit(http)
        self._to = (address.hostname or "127.0.0.1", address.port or 80)

    def cut(self) -> None:
        """Break every connection, and each that comes from now on."""
        with self._turn:
            self._cut = True
            for end in self._open:
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def lose_answer_to(self, request: str) -> None:
        """Requests that begin so arrive, and the line breaks under the answer: who asked cannot know it."""
        self._lost = request.encode()

    def mend(self) -> None:
        """Everything gets through again."""
        with self._turn:
            self._cut = False
        self._lost = b""

    def close(self) -> None:
        self.cut()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:  # closed
                return
            far = self._connected()
            if far is None:
                near.close()
                continue
            if not self._hold(near, far):
                continue
            answer_is_lost = threading.Event()
            for ends in ((near, far), (far, near)):
                way = (*ends, answer_is_lost, ends[0] is far)
                threading.Thread(target=self._forward, args=way, daemon=True).start()

    def _connected(self) -> socket.socket | None:
        if self._cut:
            return None
        try:
            return socket.create_connection(self._to)
        except OSError:
            return None

    def _hold(self, *ends: socket.socket) -> bool:
        """Keep both ends to be broken by a cut; False, and closed, if it was cut meanwhile."""
        with self._turn:
            if not self._cut:
                self._open.update(ends)
                return True
        for end in ends:
            end.close()
        return False

    def _forward(self, source: socket.socket, sink: socket.socket, lost: threading.Event, back: bool) -> None:
        with contextlib.suppress(OSError):
            while chunk := source.recv(_CHUNK):
                if back and lost.is_set():
                    break
                if self._lost and not back and chunk.startswith(self._lost):
                    lost.set()
                sink.sendall(chunk)
        # Both ends go when one goes: HTTP has no use for half a connection, and a browser asks again.
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_RDWR)
        with self._turn:
            self._open.discard(source)
        source.close()


@dataclass(frozen=True, slots=True)
class Over:
    """A house as it is found at the other end of a line."""

    line: Line
    house: Visited

    @property
    def http(self) -> str:
        return self.line.http

    @property
    def now(self) -> datetime | None:
        return self.house.now

    def password_of(self, login: str) -> str:
        return self.house.password_of(login)
