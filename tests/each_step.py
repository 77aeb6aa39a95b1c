"""A signal at each step of a wait in turn: a busy machine stops a main thread anywhere."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any, TypeVar

T = TypeVar("T")
STEPS = 40
"""More than any of the waits takes from where it begins to where it has heard."""


def at_each_step(listen: Callable[[], T], wait: Callable[[T], None]) -> None:
    """In the main thread, with ears of its own each time, let ``wait`` hear SIGTERM at its first step, then
    at its second and so on; it returns once it has heard.
    """
    for wanted in range(STEPS):
        ears = listen()
        sys.settrace(_at(wanted))
        wait(ears)
        sys.settrace(None)


def _at(wanted: int) -> Callable[[FrameType, str, Any], Any]:
    steps = iter(range(wanted + 1))

    def step(_frame: FrameType, _what: str, _value: Any) -> Any:
        if next(steps, None) == wanted:
            signal.raise_signal(signal.SIGTERM)
        return step

    return step
