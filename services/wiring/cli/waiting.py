"""How a verb that runs for long waits for its end: SIGTERM or Ctrl-C."""

from __future__ import annotations

import signal
from queue import Empty, SimpleQueue
from types import FrameType

HEARTBEAT_SECONDS = 1.0
"""The main thread only waits, and looks up this often: a signal that comes in the moment before it falls
asleep does not wake it, and is heeded only when it looks up.
"""

Ended = SimpleQueue[int]
"""The signals that came. Not an event: to set one takes a lock, and the main thread, which runs the handler,
may be holding it just then.
"""


def on_signals() -> Ended:
    """Holds something once the process is told to end."""
    ended = Ended()

    def end(number: int, _frame: FrameType | None) -> None:
        ended.put(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    return ended


def wait_for(ended: Ended) -> None:
    """Wait as long as it takes."""
    while True:
        try:
            ended.get(timeout=HEARTBEAT_SECONDS)
        except Empty:
            continue
        return
