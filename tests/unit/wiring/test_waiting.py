"""How a verb that runs for long hears that it shall end."""

from __future__ import annotations

import subprocess
import sys

import pytest

ENDS_WITHIN_SECONDS = 10
"""As the contract says of SIGTERM."""
# A signal that another thread receives leaves the main thread asleep, as one does that comes in the moment
# before it falls asleep.
HEARD_ELSEWHERE = """
import os, signal, threading
from services.wiring.cli.waiting import on_signals, wait_for

ended = on_signals()
asleep = threading.Event()

def tell():
    asleep.wait()
    os.kill(os.getpid(), signal.{name})

threading.Thread(target=tell).start()
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.{name}])
asleep.set()
wait_for(ended)
"""


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_a_signal_that_does_not_wake_the_main_thread_ends_the_verb_in_time(name: str) -> None:
    code = HEARD_ELSEWHERE.format(name=name)
    done = subprocess.run([sys.executable, "-c", code], timeout=ENDS_WITHIN_SECONDS, check=False)
    assert done.returncode == 0


AT_EACH_STEP = """
from services.wiring.cli import waiting
from tests.each_step import at_each_step

waiting.HEARTBEAT_SECONDS = 0.01
at_each_step(waiting.on_signals, waiting.wait_for)
"""


def test_whatever_the_main_thread_is_at_when_the_signal_comes_it_ends() -> None:
    done = subprocess.run([sys.executable, "-c", AT_EACH_STEP], timeout=ENDS_WITHIN_SECONDS, check=False)
    assert done.returncode == 0
