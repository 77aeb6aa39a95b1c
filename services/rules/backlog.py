"""The backlog after a start: deadlines of absence wait until what the broker kept for us is in.

What was sent while the house was down may say that all is well; so nothing is missed on anybody's behalf
before it was heard. Presses never wait.
"""

from __future__ import annotations

from datetime import datetime, timedelta

IDLE_FOR = timedelta(seconds=5)
"""The backlog is in when nothing has come for so long."""
MOST_FOR = timedelta(seconds=60)
"""So long after the start it counts as in, whatever still comes."""


class Backlog:
    """Whether the backlog is in; it begins with the first question."""

    def __init__(self) -> None:
        self._started_at: datetime | None = None
        self._grew_at: datetime | None = None

    def grew(self, now: datetime) -> None:
        """Something has come."""
        self._grew_at = now

    def is_in(self, now: datetime) -> bool:
        """Whether deadlines may be met now."""
        if self._started_at is None:
            self._started_at = now
        return now >= self.after(now)

    def after(self, due_at: datetime) -> datetime:
        """When a deadline can be met at the earliest, as far as is known now."""
        if self._started_at is None:
            return due_at
        is_in_at = min((self._grew_at or self._started_at) + IDLE_FOR, self._started_at + MOST_FOR)
        return max(due_at, is_in_at)
