"""Misses: how often one address replied what could not be understood, within a few minutes.

It keeps whoever guesses codes from guessing on, and two machines from answering each other for ever. It
remembers in memory alone.
"""

from __future__ import annotations

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage

MINUTES = 10


class Misses:
    """The counters of one process."""

    def __init__(self) -> None:
        self._storage = MemoryStorage()
        self._window = RateLimitItemPerMinute(1, MINUTES)

    def so_far(self, address: str) -> int:
        """How many there were of this address within the window."""
        return self._storage.get(self._window.key_for(address))

    def one_more(self, address: str) -> int:
        """Count one more of this address; how many there were within the window."""
        return self._storage.incr(self._window.key_for(address), self._window.get_expiry())
