"""A time limit: whatever a send waits for, it ends when its time is over.

Libraries limit each read and each write, so that a far end which drips a byte a second holds a send for
ever. This limits all of it: when the time is over the connection is shut down under whoever waits on it. It
never touches a send that came to its end in time.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from datetime import timedelta
from types import TracebackType
from typing import Self


class TimeLimit:
    """Around one send: ``with TimeLimit(send_for) as limit: … limit.watch(connection)``."""

    def __init__(self, send_for: timedelta) -> None:
        self._timer = threading.Timer(send_for.total_seconds(), self._end)
        self._timer.daemon = True
        self._lock = threading.Lock()
        self._watched: list[socket.socket] = []
        self._over = False

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        with self._lock:
            for connection in self._watched:
                connection.close()
            self._watched.clear()

    @property
    def is_over(self) -> bool:
        """Whether the connection was cut for want of time."""
        return self._over

    def watch(self, connection: socket.socket) -> None:
        """Cut this connection when the time is over; one that comes too late is cut at once.

        A handle of its own is kept, because wrapping a socket for TLS takes the caller's away.
        """
        with self._lock:
            self._watched.append(connection.dup())
            if self._over:
                self._cut()

    def _end(self) -> None:
        with self._lock:
            self._over = True
            self._cut()

    def _cut(self) -> None:
        for connection in self._watched:
            with contextlib.suppress(OSError):  # it is gone already
                connection.shutdown(socket.SHUT_RDWR)
