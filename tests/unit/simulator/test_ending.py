"""What plays for long hears that it shall end, whatever its main thread is at."""

from __future__ import annotations

import subprocess
import sys

ENDS_WITHIN_SECONDS = 20
AT_EACH_STEP = """
from devices.simulator.ending import asked_to_stop
from tests.each_step import at_each_step

def wait(stop):
    while not stop.wait(0.01):
        pass

at_each_step(asked_to_stop, wait)
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
