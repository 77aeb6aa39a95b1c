"""What is kept of silences and absences."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from services.domain.ports.lists import Filters, Page
from services.domain.silences import Silence


class Silences(Protocol):
    """Silences and absences, each kept for good."""

    def add(self, silence: Silence) -> Silence:
        """Store a new one; `AlreadyThere` if its id is stored."""
        ...

    def save(self, silence: Silence) -> Silence:
        """Replace the stored one of the same id."""
        ...

    def get(self, silence_id: str) -> Silence | None:
        """One by its id."""
        ...

    def running(self) -> list[Silence]:
        """All that nothing has ended, in the order of storing: few at any time."""
        ...

    def running_on(self, subjects: Iterable[str]) -> list[Silence]:
        """Those of them that have one of these subjects."""
        ...

    def ending(self, until: datetime) -> list[Silence]:
        """Those of them whose end lies at or before ``until``, the nearest first; for whoever takes over a
        shift. An absence that is overdue is among them.
        """
        ...

    def due(self, until: datetime, limit: int) -> list[Silence]:
        """Up to ``limit`` with ``due_at`` ≤ until, by (due_at, order of storing)."""
        ...

    def next_due_at(self) -> datetime | None:
        """The nearest ``due_at`` of all."""
        ...

    def page(self, filters: Filters, after: int, limit: int) -> Page[Silence]:
        """By any plain field of it (equality), and by ``running`` (true: nothing has ended it)."""
        ...
