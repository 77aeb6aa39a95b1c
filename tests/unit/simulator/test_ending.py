"""What plays for long hears that it shall end, whatever its main thread is at."""

from __future__ import annotations

import subprocess
import sys

ENDS_WITHIN_SECONDS = 20
# A busy machine stops the main thread anywhere; so the signal comes at each of its steps in turn.
AT_EACH_STEP = """
import signal, sys
from devices.simulator.ending import asked_to_stop

def at(wanted):
    steps = iter(range(wanted + 1))

    def step(frame, what, value):
        if next(steps, None) == wanted:
            signal.raise_signal(signal.SIGTERM)
        return step

    return step

for wanted in range(40):
    stop = asked_to_stop()
    sys.settrace(at(wanted))
    while not stop.wait(0.01):
        pass
    sys.settrace(None)
"""
TWICE = """
import signal
from devices.simulator.ending import asked_to_stop

stop = asked_to_stop(twice_breaks_off=True)
signal.raise_signal(signal.SIGINT)
assert stop.wait(10)
try:
    signal.raise_signal(signal.SIGTERM)
except KeyboardInterrupt:
    raise SystemExit(3)
"""


def test_whatever_the_main_thread_is_at_when_the_signal_comes_it_is_asked_to_stop() -> None:
    done = subprocess.run([sys.executable, "-c", AT_EACH_STEP], timeout=ENDS_WITHIN_SECONDS, check=False)
    assert done.returncode == 0


def test_who_is_asked_twice_breaks_off() -> None:
    done = subprocess.run([sys.executable, "-c", TWICE], timeout=ENDS_WITHIN_SECONDS, check=False)
    assert done.returncode == 3
