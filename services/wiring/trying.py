"""Trying beside the house: a backtest that the console asks for is done by the command in a process of its
own, behind everything else on the machine.

Half a minute of thinking in the process that takes presses would hold its interpreter's lock. One backtest is
at work at a time, and it ends with the house.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from datetime import datetime, timedelta

from pydantic import TypeAdapter

from services.domain.backtests import Backtest, BusyTrying
from services.domain.instants import format_instant
from services.domain.ports import StoreUnavailable
from services.rules.reading import read_rulebook
from services.wiring.settings import Settings

MOST_FOR = timedelta(minutes=10)
"""A backtest that takes longer is given up."""
_OF_IT = ("data_dir", "database_url", "timezone", "language", "last_resort", "public_url")
"""The settings that it asks for."""


class Trying:
    """Tries rulebooks on the history of one installation."""

    def __init__(self, settings: Settings) -> None:
        self._environment = environment(settings)
        self._turn = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None

    def __call__(self, text: str, file: str, days: int, until: datetime) -> Backtest:
        read_rulebook(text, file)  # its faults are said at once, and in full
        if not self._turn.acquire(blocking=False):
            raise BusyTrying
        try:
            return self._tried(text, days, until)
        finally:
            self._child = None
            self._turn.release()

    def stop(self, seconds: float) -> bool:
        """End what is at work; True if it has ended within so many seconds."""
        child = self._child
        if child is None:
            return True
        child.kill()
        try:
            child.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def _tried(self, text: str, days: int, until: datetime) -> Backtest:
        words = ["rules", "backtest", "-", "--json", "--behind", "--days", str(days)]
        self._child = child = subprocess.Popen(
            [sys.executable, "-m", "services.wiring.cli", *words, "--until", format_instant(until)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self._environment,
        )
        with child:
            try:
                said, complaint = child.communicate(text.encode(), MOST_FOR.total_seconds())
            except subprocess.TimeoutExpired:
                child.kill()
                child.communicate()
                raise StoreUnavailable(f"the backtest took longer than {MOST_FOR}") from None
        if child.returncode:
            raise StoreUnavailable(complaint.decode(errors="replace").strip()[-500:] or "the backtest ended")
        return TypeAdapter(Backtest).validate_json(said)


def environment(settings: Settings) -> Mapping[str, str]:
    """What the command has to know, by the names under which it looks for it."""
    said = settings.model_dump(mode="json", include=set(_OF_IT))
    own = {f"ANXIN_{name.upper()}": str(value) for name, value in said.items()}
    return {**os.environ, **own, "ANXIN_DATA_DIR": str(settings.data_dir.resolve())}
