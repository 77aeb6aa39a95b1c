"""Senders: a thread for each send, begun at once.

A pool of so many threads would let as many hanging sends keep everybody else waiting. Each thread ends by its
channel's own time limit; none of them may hold up the end of the process.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class Senders(Executor):
    """Runs each piece of work in a daemon thread of its own; nothing ever queues."""

    def submit(self, work: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        future: Future[R] = Future()

        def run() -> None:
            try:
                future.set_result(work(*args, **kwargs))
            except BaseException as error:  # noqa: BLE001 - whoever asks the future is told, as executors do
                future.set_exception(error)

        threading.Thread(target=run, name="anxin-send", daemon=True).start()
        return future
