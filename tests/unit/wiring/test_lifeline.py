"""A tied child dies with its parent, by the kernel where it can and by the guard elsewhere. The kernel's way
is proven with the broker itself (tests/wire); here is the guard.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys

import pytest

SECONDS = 20.0

GUARD = """
import sys
from services.wiring import lifeline
lifeline._ask_the_kernel = lambda: False
raise SystemExit(lifeline.main(sys.argv[1:]))
"""
CHILD = "import os, threading; print(os.getpid(), flush=True); threading.Event().wait()"


def guarded(code: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", GUARD, str(os.getpid()), sys.executable, "-c", code]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_the_guard_kills_the_child_when_the_parent_lets_go() -> None:
    with guarded(CHILD) as guard:
        assert guard.stdout is not None
        assert guard.stdin is not None
        child = os.pidfd_open(int(guard.stdout.readline()))
        guard.stdin.close()
        assert select.select([child], [], [], SECONDS)[0], "the child outlived its parent"
        os.close(child)
        assert guard.wait(SECONDS) != 0


@pytest.mark.parametrize("code", [0, 3])
def test_the_guard_ends_as_its_child_ends(code: int) -> None:
    with guarded(f"raise SystemExit({code})") as guard:
        assert guard.wait(SECONDS) == code


def test_the_guard_hands_signals_on() -> None:
    with guarded(CHILD) as guard:
        assert guard.stdout is not None
        guard.stdout.readline()
        guard.send_signal(signal.SIGTERM)
        assert guard.wait(SECONDS) == -signal.SIGTERM or guard.returncode == 256 - signal.SIGTERM
