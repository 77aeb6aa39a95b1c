"""The figures of a fleet: what was sent and what became of it, and the verdict over it. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

HELD_SHARE = 0.97
"""A rate counts as held from this share of it on: a second more or less of a minute is the machine's."""
BEHIND_SECONDS = 2.0
"""How much of the traffic may still be on its way when the last message is sent."""
WHOLE_FROM = 9.95
BLOCKED_SHARE = 0.1
"""From this share of the time on in which the windows were full, the broker was the limit."""


def percentile(values: Sequence[float], share: float) -> float | None:
    """The smallest value that at least ``share`` of all do not exceed; None without values."""
    return sorted(values)[math.ceil(share * len(values)) - 1] if values else None


def shown_rate(rate: float) -> str:
    """A rate as people read it: one below ten with what it is of a whole."""
    return f"{rate:,.0f}" if rate >= WHOLE_FROM else f"{rate:.2g}"


@dataclass(slots=True)
class Figures:
    """One fleet so far. Latencies in milliseconds, times in seconds; None where nobody could say."""

    homes: int
    wanted_rate: float
    """Messages and presses a second; 0: as many as go."""
    with_service: bool
    sent: int = 0
    acknowledged: int = 0
    stored: int = 0
    """By receipts while it runs; at the end by what the API finds, if it was asked."""
    quarantined: int = 0
    duplicate: int = 0
    """Rows there are too many, or receipts that spoke of a duplicate."""
    lost: int = 0
    """Acknowledged by the broker, and after the drain stored nowhere."""
    pressed: int = 0
    """Residents who pressed; whoever presses again joins their own alert."""
    alerted: int = 0
    """Of them, those about whom a telephone rang (an alert stands open, where no telephone can ring)."""
    sending_took: float = 0.0
    stored_at_end_of_sending: int = 0
    storing_took: float = 0.0
    held: float = 0.0
    """Seconds in which a connection waited for the broker, on average."""
    receipt_p50: float | None = None
    receipt_p99: float | None = None
    press_p50: float | None = None
    press_p99: float | None = None
    is_looked_up: bool = False
    stopped: bool = False
    asked_seconds: float = 0.0
    """For how long it was to play."""
    words: list[str] = field(default_factory=list)

    @property
    def sent_rate(self) -> float:
        return self.sent / self.sending_took if self.sending_took else 0.0

    @property
    def stored_rate(self) -> float:
        return self.stored / self.storing_took if self.storing_took else 0.0

    @property
    def unheard(self) -> int:
        return max(self.pressed - self.alerted, 0)

    @property
    def limit(self) -> str | None:
        """Which side kept it from being held: ``generator``, ``broker`` or ``service``; None: nobody."""
        if not self.wanted_rate:
            return None
        if self.sent + 1 < HELD_SHARE * self.wanted_rate * self.sending_took:
            return "broker" if self.held > BLOCKED_SHARE * self.sending_took else "generator"
        behind = self.sent - self.stored_at_end_of_sending
        if self.with_service and behind > max(BEHIND_SECONDS * self.wanted_rate, 1.0):
            return "service"
        return None

    def faults(self) -> list[str]:
        """What is wrong with it, in sentences; none if all is well."""
        found = []
        if self.sent > self.acknowledged:
            found.append(f"{self.sent - self.acknowledged} were sent and never acknowledged by the broker")
        if self.with_service:
            found += self._faults_of_service()
        if self.limit is not None:
            found.append(self._unheld())
        return found

    def _faults_of_service(self) -> list[str]:
        counts = (
            (self.lost, "were acknowledged by the broker and are stored nowhere"),
            (self.duplicate, "rows are there too many"),
            (self.quarantined, "went to quarantine"),
            (self.unheard, f"of {self.pressed} who pressed reached nobody"),
        )
        return [f"{count} {what}" for count, what in counts if count]

    def _unheld(self) -> str:
        if self.limit == "service":
            behind = self.sent - self.stored_at_end_of_sending
            return (
                f"the rate was not held, and the service was the limit: {behind} were on their way when the "
                f"last was sent; it stored {self.stored_rate:,.0f} a second"
            )
        return (
            f"the rate was not held, and the {self.limit} was the limit: "
            f"{shown_rate(self.sent_rate)} of {shown_rate(self.wanted_rate)} a second were sent"
        )

    def as_dict(self) -> dict[str, Any]:
        """Everything, for a program."""
        told = asdict(self)
        told |= {
            "sent_rate": round(self.sent_rate, 1),
            "stored_rate": round(self.stored_rate, 1),
            "limit": self.limit,
            "faults": self.faults(),
        }
        return told
