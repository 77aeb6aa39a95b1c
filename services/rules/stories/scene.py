"""The scene of a story while it is read: who is in it, whose wall clock counts, and what went wrong.

It only answers and notes; what a story means is decided in timeline.py and telling.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from notation.entries import Resident
from notation.faults import nearest_of, shown_value
from notation.times import YEARS, NotATime, read_moment
from services.rules.profile import Override
from services.rules.reading import FLOOR
from services.rules.rulebook import Rule, Rulebook
from services.rules.stories.form import Told


class Complain(Protocol):
    """Takes note of a fault."""

    def __call__(self, field: str, found: str, expected: str, nearest: str | None = None) -> None: ...


@dataclass(frozen=True, slots=True)
class Complaint:
    """How a story's faults are noted, and on which line its fields stand."""

    note: Complain
    line_of: Callable[[str], int]


@dataclass(slots=True)
class Scene:
    """A story while it is read: who is in it, whose wall clock counts, and what went wrong."""

    told: Told
    book: Rulebook
    day: date
    zone: ZoneInfo
    cast: Mapping[str, Resident]
    zones: Mapping[str, ZoneInfo]
    complaint: Complaint
    faults: int = 0
    overrides: list[Override] = field(default_factory=list)
    lasts_until: datetime | None = None
    """The latest end of an override."""
    most_days: int = 0
    """The greatest number of days that an event carries."""

    def complain(self, field: str, found: str, expected: str, nearest: str | None = None) -> None:
        """Note a fault; the story will not be played."""
        self.faults += 1
        self.complaint.note(field, found, expected, nearest)

    def unknown(self, field: str, word: str, what: str, known: Iterable[str]) -> None:
        """Note a word that is none of those known."""
        self.complain(field, shown_value(word), what, nearest_of(word, known))

    def instant(self, field: str, text: str, resident: str | None) -> datetime:
        """The instant of a time that was checked for its form; complains about a year of no story."""
        try:
            return read_moment(text).instant(self.day, self.zones.get(resident or "", self.zone))
        except NotATime:
            self.complain(field, shown_value(text), f"a year from {YEARS[0]} to {YEARS[-1]}")
            return datetime(YEARS[-1], 1, 1, tzinfo=UTC)

    def is_whole(self) -> bool:
        """Whether nothing is wrong so far."""
        return self.faults == 0

    def only(self) -> str | None:
        """The one who is in the story, None if there are several."""
        return next(iter(self.cast)) if len(self.cast) == 1 else None

    def rule(self, field: str, name: str) -> Rule | None:
        """A rule of the book by its id; complains if it has none such."""
        found = next((rule for rule in self.book.rules if rule.id == name), None)
        if found is None and name != FLOOR:
            self.unknown(
                field, name, f"a rule of {self.book.name}", [*(rule.id for rule in self.book.rules), FLOOR]
            )
        return found
