"""A backtest as an administrator runs it: the command, on a month of a community that was put into the store
in bulk. From the start of the process to its end.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from bench import clock, history
from services.domain.instants import format_instant
from services.storage import migrate
from services.wiring.shipped import lay_out

PATIENCE = 600.0


@dataclass(frozen=True, slots=True)
class Month:
    """How large the history is."""

    homes: int
    days: int


@dataclass(frozen=True, slots=True)
class Tried:
    """How long it took, how long of that on a core, over how many events of the days, and what it would
    have called.
    """

    seconds: float
    cpu: float
    events: int
    calls: int


def measure(folder: Path, month: Month) -> Tried:
    """Make the history, then try the shipped rulebook of the beds on it."""
    data_dir = folder / "month"
    data_dir.mkdir()
    lay_out(data_dir)
    url = f"sqlite:///{data_dir / 'anxin.db'}"
    migrate.upgrade(url)
    until = clock.now()
    history.make(url, month.homes, month.days, until)
    words = ["rules", "backtest", str(data_dir / "rulebooks" / "home-beds.yaml"), "--json"]
    words += ["--data-dir", str(data_dir), "--days", str(month.days), "--until", format_instant(until)]
    start, before = clock.stamp(), os.times()
    said = subprocess.run(
        [sys.executable, "-m", "services.wiring.cli", *words],
        check=True,
        capture_output=True,
        timeout=PATIENCE,
    )
    seconds, after = clock.seconds_since(start), os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    report = json.loads(said.stdout)
    return Tried(seconds, cpu, report["events"], report["calls"]["would"])
