"""What the store keeps of the shifts of the duty desk: hand-overs and notes."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from services.domain.handovers import Handover, ShiftNote
from services.domain.ports.lists import Filters, Page


class Handovers(Protocol):
    """Append only: what was handed over, and what was written down, stays."""

    def add(self, handover: Handover) -> Handover:
        """Store a new one."""
        ...

    def get(self, handover_id: str) -> Handover | None:
        """One by its id."""
        ...

    def newest(self, limit: int) -> list[Handover]:
        """The last ones, the newest first."""
        ...

    def page(self, filters: Filters, after: int, limit: int) -> Page[Handover]:
        """By ``from_worker_id``, ``taken_over_by``, ``since``, ``until`` (of `taken_over_at`)."""
        ...

    def add_note(self, note: ShiftNote) -> ShiftNote:
        """Store a new one."""
        ...

    def notes(self, since: datetime, limit: int) -> list[ShiftNote]:
        """The last ones written at or after ``since``, ascending."""
        ...

    def notes_taken(self, handover: Handover, since: datetime, limit: int) -> list[ShiftNote]:
        """The last ones of the shift that ended with ``handover``, ascending: written since the hand-over
        before it; where it is the first, since ``since``.
        """
        ...

    def page_of_notes(self, filters: Filters, after: int, limit: int) -> Page[ShiftNote]:
        """By ``author``, ``since``, ``until``."""
        ...
