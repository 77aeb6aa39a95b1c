"""How a verb that runs for long waits for its end: SIGTERM or Ctrl-C."""

from __future__ import annotations

import signal
import threading
from types import FrameType

HEARTBEAT_SECONDS = 1.0
"""The main thread only waits, and looks up this often: a signal that comes in the moment before it falls
asleep does not wake it, and is heeded only when it looks up.
"""


def on_signals() -> threading.Event:
    """Set once the process is told to end."""
    ended = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        ended.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    return ended


def wait_for(ended: threading.Event) -> None:
    """Wait as long as it takes."""
    while not ended.wait(HEARTBEAT_SECONDS):
        pass
