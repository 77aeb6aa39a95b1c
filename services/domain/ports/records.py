"""What the house keeps about itself: quarantine, audit, remembered answers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from services.domain.ports.lists import Filters, Page
from services.domain.records import AuditEntry, Quarantined, RememberedAnswer


class Quarantine(Protocol):
    """Messages that could not be read, kept with their bytes."""

    def add(self, entries: Iterable[Quarantined]) -> None:
        """Store, counting up where (topic, reason, payload) is there already."""
        ...

    def get(self, entry_id: str) -> Quarantined | None:
        """One entry."""
        ...

    def save(self, entry: Quarantined) -> None:
        """Replace, e.g. as replayed."""
        ...

    def page(self, filters: Filters, after: int, limit: int) -> Page[Quarantined]:
        """By ``topic``, ``reason``, ``external_id``."""
        ...

    def lately(self, since: datetime, limit: int) -> list[Quarantined]:
        """Up to ``limit`` entries that came (again) at or after ``since``, the newest first."""
        ...


class Audit(Protocol):
    """Who did what."""

    def add(self, entry: AuditEntry) -> None:
        """Append."""
        ...

    def page(self, filters: Filters, after: int, limit: int) -> Page[AuditEntry]:
        """By ``actor``, ``action``, ``object_id``, ``since``, ``until``."""
        ...

    def last_number(self) -> int:
        """Of the newest entry; 0 without any."""
        ...


class Remembered(Protocol):
    """Answers by Idempotency-Key, kept for a day."""

    def get(self, key: str) -> RememberedAnswer | None:
        """The answer that was given to this key."""
        ...

    def add(self, answer: RememberedAnswer) -> None:
        """Remember; a key that is there already: `AlreadyThere`."""
        ...
