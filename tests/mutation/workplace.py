"""A workplace: a copy of the tree in which one module at a time is another, and the tests that are to notice.

The tree itself is never touched; what is started here ends here.
"""

from __future__ import annotations

import os
import select
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from tests.house import tree
from tests.mutation.mutants import Mutant

PATIENCE = 120.0
"""Seconds in which no further test has ended: the longest takes a few, even on a busy machine. A mutant that
makes one of them run for ever is noticed as well.
"""
_AT_ONCE = 65_536
_WITH = ("-p", "no:cacheprovider", "-p", "tests.mutation.in_haste")


class Fate(StrEnum):
    """What became of a mutant."""

    DIED = "died"
    HUNG = "hung"
    SURVIVED = "survived"


@dataclass(frozen=True, slots=True)
class Tried:
    """A mutant and its fate; ``noticed`` is the first line of what failed."""

    mutant: Mutant
    fate: Fate
    noticed: str = ""


class Workplace:
    """One copy of the tree in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._at_work: subprocess.Popen[bytes] | None = None
        for path in tree.files():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(tree.ROOT / path, folder / path)

    def try_out(self, mutant: Mutant, tests: Sequence[str]) -> Tried:
        """Run the tests with the mutant in its module, up to the first that fails."""
        at = self._folder / mutant.path
        source = at.read_text(encoding="utf-8")
        at.write_text(mutant.written_into(source), encoding="utf-8")
        try:
            return self._judged(mutant, tests)
        finally:
            at.write_text(source, encoding="utf-8")

    def run(self, tests: Sequence[str]) -> tuple[int | None, str]:
        """The exit code of the tests (None: one of them did not end in time) and what they printed."""
        command = [sys.executable, "-m", "pytest", "-x", "-q", *_WITH, *tests]
        process = subprocess.Popen(
            command,
            cwd=self._folder,
            env={**os.environ, "PYTHONPATH": str(self._folder), "PYTHONDONTWRITEBYTECODE": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._at_work = process
        printed = _all_printed(process)
        if printed is None:
            self.stop()
            process.communicate()
            return None, ""
        return process.wait(), printed

    def stop(self) -> None:
        """End the tests that run here, with all that they started."""
        process = self._at_work
        if process is not None and process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)

    def _judged(self, mutant: Mutant, tests: Sequence[str]) -> Tried:
        code, printed = self.run(tests)
        if code is None:
            return Tried(mutant, Fate.HUNG)
        if code == 0:
            return Tried(mutant, Fate.SURVIVED)
        noticed = [line for line in printed.splitlines() if line.startswith(("FAILED", "ERROR"))]
        return Tried(mutant, Fate.DIED, noticed[0] if noticed else "")


def _all_printed(process: subprocess.Popen[bytes]) -> str | None:
    """What the tests print until they end, a sign for each test; None once that has stopped for too long."""
    if process.stdout is None:
        raise ValueError("what the tests print is not read")
    printed = bytearray()
    while select.select([process.stdout], [], [], PATIENCE)[0]:
        part = os.read(process.stdout.fileno(), _AT_ONCE)
        if not part:
            return printed.decode(errors="replace")
        printed += part
    return None
