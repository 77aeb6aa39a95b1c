"""How the people of the living demo answer alerts: most soon, some only after others had to be told, and
each by accepting, arriving and closing. Seeded dice decide; the time is handed in, the moves are handed
out.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from devices.simulator.sentences import Move

ANSWERED_SOON = 0.75
SOON = (20.0, 60.0)
LATE = (200.0, 480.0)
"""Seconds: long enough for the next step of an emergency to be seen on the board."""
ARRIVES = (60.0, 180.0)
CLOSES = (60.0, 240.0)
OUTCOMES = ("helped", "helped", "helped", "helped", "false_alarm", "other")


@dataclass(frozen=True, slots=True)
class Standing:
    """An alert as the service shows it."""

    id: str
    state: str
    owner_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Due:
    """A move that somebody makes now."""

    alert_id: str
    move: Move
    worker_id: str
    outcome: str | None = None


class Answering:
    """Shown what stands open, it says who does what next; told of a refusal, it forgets the alert."""

    def __init__(self, dice: Random) -> None:
        self._dice = dice
        self._due_at: dict[tuple[str, str], datetime] = {}
        """When the next move is made, for each alert in its state."""

    def due(self, running: Iterable[Standing], now: datetime) -> list[Due]:
        """The moves to make now. What is no longer running is forgotten."""
        known, self._due_at = self._due_at, {}
        moves = []
        for alert in running:
            if not alert.owner_ids:
                continue  # whoever is told next takes their own time
            key = (alert.id, alert.state)
            due_at = known.get(key) or now + self._takes(alert.state)
            if due_at > now:
                self._due_at[key] = due_at
            else:
                moves.append(self._move(alert))
        return moves

    def _takes(self, state: str) -> timedelta:
        if state == "open":
            low, high = SOON if self._dice.random() < ANSWERED_SOON else LATE
        else:
            low, high = ARRIVES if state == "accepted" else CLOSES
        return timedelta(seconds=self._dice.uniform(low, high))

    def _move(self, alert: Standing) -> Due:
        if alert.state == "open":
            return Due(alert.id, Move.ACCEPT, self._dice.choice(alert.owner_ids))
        if alert.state == "accepted":
            return Due(alert.id, Move.ARRIVE, alert.owner_ids[0])
        return Due(alert.id, Move.CLOSE, alert.owner_ids[0], self._dice.choice(OUTCOMES))
