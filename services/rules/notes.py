"""Notes: what a trigger says about its own decisions while somebody asks why.

The triggers note each decision where they make it, so an explanation is never reckoned a second time. Notes
decide nothing; where nobody asks there are none, and a rule does the same with and without them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from services.domain.events import Json
from services.rules.because import Because


@dataclass(frozen=True, slots=True)
class Note:
    """One decision about one matter: the stretch of time that the matter is about, ends included, the events
    it rests on, the figures. A later note on a matter takes the place of an earlier one.
    """

    because: Because
    since: datetime
    until: datetime
    matter: str
    noted_at: datetime
    event_ids: tuple[str, ...] = ()
    figures: Mapping[str, Json] = field(default_factory=dict)
    finding_id: str | None = None


class Notes:
    """The newest note on each matter of one rule."""

    def __init__(self) -> None:
        self._notes: dict[str, Note] = {}

    def add(self, note: Note) -> None:
        """Note something about a matter, in place of what was noted about it before."""
        before = self._notes.pop(note.matter, None)
        if before is not None and before.finding_id is not None and note.finding_id is None:
            note = before  # what was found stays found, whatever becomes of its events later
        self._notes[note.matter] = note

    def all(self) -> list[Note]:
        """In the order of their last change."""
        return list(self._notes.values())
