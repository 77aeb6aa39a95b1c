"""A server that drips: it begins its answer at once, goes on byte by byte, and never ends it."""

from __future__ import annotations

import socket
import threading

SLOWLY = 0.05
"""Seconds between two bytes: well within what a library waits for one read."""


class Dripping:
    """Any number of such servers; `close` ends them all."""

    def __init__(self) -> None:
        self._ending = threading.Event()
        self._listening: list[socket.socket] = []
        self._threads: list[threading.Thread] = []

    def port(self, begin: bytes, drop: bytes = b"x") -> int:
        """The port of a new server for one caller, which says ``begin`` and then ``drop`` after ``drop``."""
        listener = socket.create_server(("127.0.0.1", 0))
        thread = threading.Thread(target=self._serve, args=(listener, begin, drop), daemon=True)
        self._listening.append(listener)
        self._threads.append(thread)
        thread.start()
        return int(listener.getsockname()[1])

    def close(self) -> None:
        self._ending.set()
        for thread in self._threads:
            thread.join(timeout=10)
        for listener in self._listening:
            listener.close()

    def _serve(self, listener: socket.socket, begin: bytes, drop: bytes) -> None:
        caller, _ = listener.accept()
        with caller:
            try:
                caller.sendall(begin)
                while not self._ending.wait(SLOWLY):
                    caller.sendall(drop)
            except OSError:
                return  # the caller has hung up, as it should
