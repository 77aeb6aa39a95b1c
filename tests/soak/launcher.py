"""Starts `anxin` in two steps: loads all of it, waits for a line on standard input, then runs the command
with the arguments it was given. So the next life of a house is loaded while the one before it still serves,
and a soak of hundreds of lives does not spend its time on imports.
"""

from __future__ import annotations

import sys

import services.wiring.house  # noqa: F401 - loaded ahead, which is the whole purpose
from services.wiring.cli import app

if __name__ == "__main__":
    if sys.stdin.readline():  # nothing comes when whoever started this has ended
        app()
