"""How what plays for long is asked to end: SIGTERM or Ctrl-C."""

import signal
from queue import SimpleQueue
from threading import Event, Thread
from types import FrameType


def asked_to_stop(*, twice_breaks_off: bool = False) -> Event:
    """Set once the process is told to end. Told once more it is to break off, where ``twice_breaks_off``:
    `KeyboardInterrupt`.

    The handler itself sets no event: that takes a lock, which the main thread, whom the handler interrupts,
    may hold just then.
    """
    stop = Event()
    told = SimpleQueue[int]()

    def tell(number: int, frame: FrameType | None) -> None:
        if twice_breaks_off and stop.is_set():
            signal.default_int_handler(number, frame)
        told.put(number)

    def pass_on() -> None:
        told.get()
        stop.set()

    Thread(target=pass_on, name="ending", daemon=True).start()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, tell)
    return stop
