"""A story that was read without a fault: what happens as instants, and what must and must not be found.

Nothing of the notation is left in it but the lines on which things stand, so that a failure can name them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from services.domain.events import Json
from services.domain.findings import FindingReason, FindingState
from services.rules.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that the house learns, with the line of the file on which it stands."""

    line: int
    received_at: datetime
    told: Mapping[str, Json]
    """As a line of a history."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """A Finding that must be there. None means that it may be anything; ``late_for`` is exact."""

    line: int
    rule: str
    at: datetime
    resident: str | None
    device: str | None = None
    state: FindingState | None = None
    reason: FindingReason | None = None
    late_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Prohibition:
    """A rule that must find nothing about a resident (None: anybody) from one instant to another."""

    line: int
    rule: str
    resident: str | None
    from_at: datetime | None
    until_at: datetime | None


@dataclass(frozen=True, slots=True)
class Story:
    """One story."""

    line: int
    title: str
    day: date
    zones: Mapping[str, ZoneInfo]
    """The wall clock of each resident."""
    zone: ZoneInfo
    """The wall clock of whatever is about nobody."""
    register: tuple[Mapping[str, Json], ...]
    """The cast and its devices, as lines of a history."""
    happenings: tuple[Happening, ...]
    """In the order of being received."""
    expected: tuple[Expectation, ...]
    forbidden: tuple[Prohibition, ...]
    nothing_else: bool
    ends_at: datetime

    def zone_of(self, resident: str | None) -> ZoneInfo:
        return self.zones.get(resident or "", self.zone)


@dataclass(frozen=True, slots=True)
class StoryBook:
    """The stories of one file, and the rulebook that they are about."""

    file: str
    book: Rulebook
    stories: tuple[Story, ...]
