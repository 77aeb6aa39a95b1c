"""Clocks that are wrong: ahead, behind, drifting, fallen back to where they were made, or none at all.
What is said comes when it comes; only what it claims of its time is otherwise.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import ClassVar

from devices.simulator.acts import Saying
from devices.simulator.instruments.perturbing import Misbehaviour, Quirk


@dataclass(frozen=True, kw_only=True)
class WrongClock(Misbehaviour):
    """The clock is ``by`` off (ahead, if positive) when the span begins, and gains ``gains`` a day."""

    name: ClassVar[str] = "clock-off"
    by: timedelta = timedelta()
    gains: timedelta = timedelta()

    def begins(self, device: str, dice: Random) -> Quirk:  # noqa: ARG002 - no dice in it
        return _Clock(self)

    def shows(self, occurred_at: datetime) -> datetime | None:
        """What the clock shows when something happens."""
        days = (occurred_at - self.from_at) / timedelta(days=1)
        return occurred_at + self.by + timedelta(seconds=round((self.gains * days).total_seconds()))


@dataclass(frozen=True, kw_only=True)
class ResetClock(WrongClock):
    """The clock began anew in ``year`` when the span began, as one that lost its power does."""

    name: ClassVar[str] = "clock-anew"
    year: int = 1970

    def shows(self, occurred_at: datetime) -> datetime | None:
        return datetime(self.year, 1, 1, tzinfo=UTC) + (occurred_at - self.from_at)


@dataclass(frozen=True, kw_only=True)
class NoClock(WrongClock):
    """The device says of no time when something happened."""

    name: ClassVar[str] = "clock-none"

    def shows(self, occurred_at: datetime) -> datetime | None:  # noqa: ARG002 - that is the point of it
        return None


class _Clock(Quirk):
    def __init__(self, how: WrongClock) -> None:
        self._how = how

    def becomes(self, saying: Saying) -> Iterable[Saying]:
        if saying.occurred_at is None or not self._how.holds_at(saying.at):
            return (saying,)
        return (replace(saying, occurred_at=self._how.shows(max(saying.occurred_at, self._how.from_at))),)
