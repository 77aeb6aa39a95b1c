"""What can be counted of the store, for whoever watches over the house.

Everything here is answered from an index or from the newest rows alone, so that asking costs next to nothing
however much is stored. Synthetic things are left out. Nothing here names a person, a home or a device.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Waiting:
    """Rows that wait for somebody, and since when the oldest of them does."""

    count: int
    oldest_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Numbered:
    """Newest numbers, from which counting goes on."""

    findings: int
    alerts: int
    notices: int
    attempts: int


@dataclass(frozen=True, slots=True)
class NoticeFigure:
    """A notice by what is counted of it; ``state`` is ``due`` while it is not at its end."""

    id: str
    kind: str
    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class AttemptFigure:
    """An attempt by what is counted of it; ``result`` is None while it is under way. ``is_retry``: its
    notice was tried over this address before.
    """

    id: str
    channel: str
    result: str | None
    is_retry: bool


@dataclass(frozen=True, slots=True)
class PressFigure:
    """An alert that an alarm kind opened: when the event was received, when the first attempt to tell
    anybody was started, and when the first one was confirmed.
    """

    alert_id: str
    is_running: bool
    received_at: datetime
    attempted_at: datetime | None
    confirmed_at: datetime | None


Counts = Mapping[tuple[str, str], int]


class Figures(Protocol):
    """Counts and oldest instants."""

    def newest(self) -> Numbered:
        """Where counting begins at a start."""
        ...

    def waiting_events(self, after: int, *, only_alarms: bool = False) -> Waiting:
        """Events with a greater ``seq``, and the oldest ``received_at`` of them."""
        ...

    def waiting_findings(self, after: int) -> Waiting:
        """Findings with a greater number, and the oldest ``raised_at`` of them."""
        ...

    def overdue(self, now: datetime) -> Mapping[str, Waiting]:
        """Deadlines ≤ now by whose they are (``rule``, ``alert``, ``notice``), with the oldest ``due_at``."""
        ...

    def undelivered(self) -> Waiting:
        """Notices that are due or under way, and the oldest ``created_at`` of them."""
        ...

    def waiting_commands(self) -> Waiting:
        """Commands to devices that are not published yet."""
        ...

    def running_alerts(self) -> Mapping[str, int]:
        """Running alerts by state."""
        ...

    def quarantined(self) -> Mapping[str, int]:
        """Kinds of messages in quarantine that were not taken in again, by reason."""
        ...

    def findings_made(self, after: int, until: int) -> Counts:
        """Findings numbered in (after, until] by (trigger, severity)."""
        ...

    def alerts_opened(self, after: int, until: int) -> Counts:
        """Alerts numbered in (after, until] by (kind, severity)."""
        ...

    def notices_made(self, after: int, until: int) -> Sequence[NoticeFigure]:
        """Notices numbered in (after, until]."""
        ...

    def notices(self, ids: Iterable[str] | None = None) -> Sequence[NoticeFigure]:
        """These notices; without ids those that are due."""
        ...

    def attempts_made(self, after: int, until: int) -> Sequence[AttemptFigure]:
        """Attempts numbered in (after, until]."""
        ...

    def attempts(self, ids: Iterable[str]) -> Sequence[AttemptFigure]:
        """These attempts."""
        ...

    def presses_made(self, after: int, until: int) -> Sequence[PressFigure]:
        """Alerts numbered in (after, until] that an alarm kind opened."""
        ...

    def presses(self, ids: Iterable[str] | None = None) -> Sequence[PressFigure]:
        """These alerts; without ids those that an alarm kind opened and that are running."""
        ...
