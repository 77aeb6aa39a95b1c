"""A month of a community that lives, played through the real service at full speed: the command, from the
start of its process to its end, with the start of its service and everybody's enrolment in it. Twice with one
seed: what came of both must be the same bytes.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from bench import clock
from bench.backtest import Month

PATIENCE = 900.0
_EVENTS = re.compile(r"([\d,]+) events")

SCENARIO = """
scenario: month
title: A community lives.
day: "2025-07-01"
starts: "12:00"
until: "+{days} {word} 12:00"
community: {{homes: {homes}}}
must_not:
  - {{alert: device-silent}}
"""


@dataclass(frozen=True, slots=True)
class Lived:
    """One month: how long it took, how long of that on a core (everything together), how many events there
    were, and the alert log.
    """

    seconds: float
    cpu: float
    events: int
    log: bytes


def measure(folder: Path, month: Month) -> tuple[Lived, Lived]:
    """Play the month twice."""
    path = folder / "month.yaml"
    word = "day" if month.days == 1 else "days"
    text = SCENARIO.format(days=month.days, word=word, homes=month.homes)
    path.write_text(text, encoding="utf-8")
    return _played(path, folder / "first.jsonl"), _played(path, folder / "second.jsonl")


def _played(path: Path, log: Path) -> Lived:
    words = ["simulate", "run", str(path), "--speed", "max", "--log", str(log)]
    start, before = clock.stamp(), os.times()
    said = subprocess.run(
        [sys.executable, "-m", "services.wiring.cli", *words],
        check=True,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    seconds, after = clock.seconds_since(start), os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    found = _EVENTS.search(said.stderr)
    events = int(found[1].replace(",", "")) if found else 0
    return Lived(seconds, cpu, events, log.read_bytes())
