"""Clocks that are wrong: ahead, behind, drifting, fallen back to where they were made, or none at all.
What is said comes when it comes; only what it claims of its time is otherwise.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, ClassVar

from devices.simulator.acts import Saying
from devices.simulator.instruments.perturbing import Misbehaviour, Quirk

SPAN = r"\d{1,6}[smhd]"
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


@dataclass(frozen=True, kw_only=True)
class WrongClock(Misbehaviour):
    """The clock is ``by`` off (ahead, if positive) when the span begins, and gains ``gains`` a day."""

    words: ClassVar[str] = (
        rf"'s clock (?:is (?P<off>{SPAN}) (?P<which>ahead|behind)"
        rf"|(?P<runs>gains|loses) (?P<daily>{SPAN}) a day)"
    )
    example: ClassVar[str] = "'s clock is 2h ahead"
    by: timedelta = timedelta()
    gains: timedelta = timedelta()

    @classmethod
    def settings_of(cls, groups: dict[str, str]) -> dict[str, Any]:
        if "off" in groups:
            return {"by": _span(groups["off"]) * (1 if groups["which"] == "ahead" else -1)}
        return {"gains": _span(groups["daily"]) * (1 if groups["runs"] == "gains" else -1)}

    def begins(self, device: str, dice: Random) -> Quirk:  # noqa: ARG002 - no dice in it
        return _Clock(self)

    def shows(self, occurred_at: datetime) -> datetime | None:
        """What the clock shows when something happens."""
        days = (occurred_at - self.from_at) / timedelta(days=1)
        return occurred_at + self.by + timedelta(seconds=round((self.gains * days).total_seconds()))


@dataclass(frozen=True, kw_only=True)
class ResetClock(WrongClock):
    """The clock began anew in ``year`` when the span began, as one that lost its power does."""

    words: ClassVar[str] = r"'s clock begins anew in (?P<year>1970|2000)"
    example: ClassVar[str] = "'s clock begins anew in 1970"
    year: int = 1970

    @classmethod
    def settings_of(cls, groups: dict[str, str]) -> dict[str, Any]:
        return {"year": int(groups["year"])}

    def shows(self, occurred_at: datetime) -> datetime | None:
        return datetime(self.year, 1, 1, tzinfo=UTC) + (occurred_at - self.from_at)


@dataclass(frozen=True, kw_only=True)
class NoClock(WrongClock):
    """The device says of no time when something happened."""

    words: ClassVar[str] = "says no time"
    example: ClassVar[str] = "says no time"

    @classmethod
    def settings_of(cls, groups: dict[str, str]) -> dict[str, Any]:
        return dict(groups)

    def shows(self, occurred_at: datetime) -> datetime | None:  # noqa: ARG002 - that is the point of it
        return None


class _Clock(Quirk):
    def __init__(self, how: WrongClock) -> None:
        self._how = how

    def becomes(self, saying: Saying) -> Iterable[Saying]:
        if saying.occurred_at is None or not self._how.holds_at(saying.at):
            return (saying,)
        return (replace(saying, occurred_at=self._how.shows(max(saying.occurred_at, self._how.from_at))),)


def _span(text: str) -> timedelta:
    if re.fullmatch(r"0+[smhd]", text):
        raise ValueError("a clock that is wrong by nothing is right; expected a span such as 2h")
    return timedelta(seconds=int(text[:-1]) * _UNITS[text[-1]])
