"""What an oracle looks at: plain events in the order of storing, and what it says about them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Happened:
    """One event; ``seq`` is its line."""

    seq: int
    kind: str
    occurred_at: datetime
    received_at: datetime

    @property
    def order(self) -> tuple[datetime, int]:
        return (self.occurred_at, self.seq)


@dataclass(frozen=True, slots=True)
class Said:
    """What a rule should have said; ``device`` where one device is meant."""

    at: datetime
    raised_at: datetime
    state: str
    reason: str | None
    events: tuple[int, ...]
    rule: str | None = None
    resident: str | None = None
    device: str | None = None
