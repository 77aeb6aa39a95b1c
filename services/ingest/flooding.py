"""A device that floods: its telemetry is thinned to a rate of its own and that is said; others do not notice.

Only readings may be passed over. A press, a bed exit, a door or anything else always goes through.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

TELEMETRY = frozenset({"bed.vitals", "motion.detected", "device.battery"})
"""The kinds that may be thinned."""

NOTE_EVERY = timedelta(minutes=1)
MOST_DEVICES = 10_000
"""Devices whose rate is remembered; beyond it those whose allowance is full again are forgotten."""


@dataclass(frozen=True, slots=True)
class RateLimit:
    """What one device may send of telemetry.

    The fastest that real bed sensors and radars report is once in 5 s, a trace once a second; 20 a second is
    far above any of them and far below what would be felt by others. A burst lets a gateway hand over what it
    kept while the line was down.
    """

    a_second: float = 20.0
    burst: float = 600.0


@dataclass(frozen=True, slots=True)
class Thinned:
    """So many readings of a device were passed over since the last note."""

    topic: str
    external_id: str
    count: int
    first_at: datetime
    last_at: datetime


@dataclass(slots=True)
class _Allowance:
    left: float
    at: datetime


class FloodGate:
    """Counts what each device sends, and what was passed over of it."""

    def __init__(self, limit: RateLimit) -> None:
        self.limit = limit
        self._allowances: dict[str, _Allowance] = {}
        self._thinned: dict[str, Thinned] = {}
        self._noted_at: dict[str, datetime] = {}

    def lets_through(self, kind: str, device_id: str, at: datetime) -> bool:
        """Whether a device's event of a kind goes through now."""
        if kind not in TELEMETRY:
            return True
        allowance = self._allowances.get(device_id)
        if allowance is None:
            self._forget_the_quiet(at)
            allowance = self._allowances[device_id] = _Allowance(self.limit.burst, at)
        earned = max((at - allowance.at).total_seconds(), 0.0) * self.limit.a_second
        allowance.left = min(allowance.left + earned, self.limit.burst)
        allowance.at = max(at, allowance.at)
        if allowance.left < 1.0:
            return False
        allowance.left -= 1.0
        return True

    def passed_over(self, topic: str, external_id: str, at: datetime) -> None:
        """Count one reading that did not go through."""
        before = self._thinned.get(topic)
        self._thinned[topic] = Thinned(
            topic,
            external_id,
            count=before.count + 1 if before else 1,
            first_at=before.first_at if before else at,
            last_at=at,
        )

    def notes_due(self, now: datetime) -> list[Thinned]:
        """What is to be said now: the first at once, then once a minute while it lasts."""
        return [thinned for topic, thinned in self._thinned.items() if self._due_at(topic, now) <= now]

    def noted(self, notes: list[Thinned], now: datetime) -> None:
        """These were stored; what was passed over since stays to be said."""
        for note in notes:
            rest = self._thinned[note.topic].count - note.count
            if rest:
                last_at = self._thinned[note.topic].last_at
                self._thinned[note.topic] = Thinned(note.topic, note.external_id, rest, now, last_at)
            else:
                del self._thinned[note.topic]
            self._noted_at[note.topic] = now
        self._noted_at = {
            topic: at
            for topic, at in self._noted_at.items()
            if topic in self._thinned or now - at < NOTE_EVERY
        }

    def next_due_at(self, now: datetime) -> datetime | None:
        """When the next note is due."""
        return min((self._due_at(topic, now) for topic in self._thinned), default=None)

    def _due_at(self, topic: str, now: datetime) -> datetime:
        noted_at = self._noted_at.get(topic)
        return now if noted_at is None else noted_at + NOTE_EVERY

    def _forget_the_quiet(self, at: datetime) -> None:
        if len(self._allowances) < MOST_DEVICES:
            return
        full_after = timedelta(seconds=self.limit.burst / self.limit.a_second)
        self._allowances = {
            device_id: allowance
            for device_id, allowance in self._allowances.items()
            if at - allowance.at < full_after
        }
