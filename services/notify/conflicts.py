"""Conflicts: a transaction that somebody else was quicker than is done again from the start.

It reads everything anew, so what it decides rests on what is there now. It never does again what was
committed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from services.domain.ports import Conflict

R = TypeVar("R")

MOST_TRIES = 5
"""After as many the beat tries again within a second; a conflict that lasts so long is a fault."""


def again_on_conflict(transaction: Callable[[], R]) -> R:
    """Run a transaction; on `Conflict` once more, up to `MOST_TRIES` in all."""
    for _ in range(MOST_TRIES - 1):
        try:
            return transaction()
        except Conflict:
            continue
    return transaction()
