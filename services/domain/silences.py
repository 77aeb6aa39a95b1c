"""Silences: spans of time in which somebody has asked the house to leave people alone about a home or a
device, and absences, which end as silences do.

Each has a reason, an author and an end; none is without one. The nouns only: what a silence silences is
decided by escalation, and no call for help is ever among it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class SilenceKind(StrEnum):
    """What the span is about."""

    SILENCE = "silence"
    """Alerts about its subject are made and not told."""
    AWAY = "away"
    """Its resident is not at home. It silences no alert: the rules rest by themselves. It is kept here for
    its warning, its end, and whoever must ask when nobody has returned.
    """


class Ending(StrEnum):
    """How it ended."""

    TIME = "time"
    """At its own end."""
    LIFTED = "lifted"
    """Somebody ended it before."""
    BED = "bed"
    """By itself: somebody got into the bed, or was in it."""
    PRESS = "press"
    """By itself: the call button was pressed."""
    RETURNED = "returned"
    """Somebody recorded that the resident is back."""
    TAKEN_BACK = "taken_back"
    """The entry was a mistake, or another took its place."""

    @property
    def is_by_itself(self) -> bool:
        """The house ended it, because something happened in the home."""
        return self in {Ending.BED, Ending.PRESS}


@dataclass(frozen=True, slots=True)
class Silence:
    """One span, from ``since`` up to but not at ``until``.

    ``subject`` is ``resident:<id>`` or ``device:<id>``, as of an Alert; with ``alert_kind`` it is about that
    kind of alert alone. ``author`` is the worker who asked for it, else the caller as the audit names them.
    ``after_seq`` is the newest Event that was stored when it began: only what comes after it can end it.
    ``due_at`` is the deadline column: when the house has to look at it next, None when there is nothing left
    to do. A running silence that has an ``ending`` already ends so at ``until``. Of an absence that is past
    its end ``overdue_at`` says since when somebody is asked to check.
    """

    id: str
    subject: str
    reason: str
    author: str
    since: datetime
    until: datetime
    kind: SilenceKind = SilenceKind.SILENCE
    alert_kind: str | None = None
    resident_id: str | None = None
    device_id: str | None = None
    home_id: str | None = None
    after_seq: int = 0
    due_at: datetime | None = None
    warned_at: datetime | None = None
    overdue_at: datetime | None = None
    ended_at: datetime | None = None
    ended_by: str | None = None
    ending: Ending | None = None
    synthetic: bool = False

    @property
    def is_running(self) -> bool:
        """Nobody and nothing has ended it; past ``until`` a silence holds nothing back all the same."""
        return self.ended_at is None

    @property
    def is_overdue(self) -> bool:
        """An absence from which nobody has returned in time."""
        return self.is_running and self.overdue_at is not None

    def holds(self, at: datetime) -> bool:
        """Whether it keeps alerts from people at an instant."""
        return self.kind is SilenceKind.SILENCE and self.is_running and self.since <= at < self.until
