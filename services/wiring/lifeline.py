"""Ties a child process to the life of its parent, then becomes that child; started as a script of its own.

Where the kernel can (Linux) the child is killed by it when the thread that started it ends; elsewhere this
script stays as a guard that kills the child as soon as its standard input, held by the parent, is closed.
It must never outlive its parent, and never import anything of the house: it has to start in milliseconds.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence

PR_SET_PDEATHSIG = 1
"""The option of prctl(2); it survives execve and is cleared by fork."""

PARENT_GONE = 75


def tied(command: Sequence[str]) -> list[str]:
    """The command line that starts ``command`` tied to this process.

    It must be started by a thread that lives as long as the child should, with a pipe as standard input that
    nobody writes to.
    """
    return [sys.executable, "-I", "-S", __file__, str(os.getpid()), *command]


def _ask_the_kernel() -> bool:
    if not sys.platform.startswith("linux"):
        return False
    try:
        return bool(ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) == 0)
    except (OSError, AttributeError):
        return False


def _guard(command: list[str]) -> int:
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, lambda received, _frame: child.send_signal(received))

    def kill_when_the_parent_is_gone() -> None:
        while os.read(0, 1):
            pass
        child.kill()

    threading.Thread(target=kill_when_the_parent_is_gone, daemon=True).start()
    return child.wait()


def main(arguments: Sequence[str]) -> int:
    parent, command = int(arguments[0]), list(arguments[1:])
    if _ask_the_kernel():
        if os.getppid() != parent:  # it ended before the kernel was asked
            return PARENT_GONE
        os.execv(command[0], command)
    return _guard(command)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
