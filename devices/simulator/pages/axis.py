"""The axis of time: where an instant stands, which full hours are ticked, which stretches are night.

Everything is reckoned in UTC and read on the wall of the scenario's zone, so that a night on which the
clocks change is an hour longer or shorter on paper as well.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

STEP = timedelta(minutes=15)
"""No zone is off the full hour by less."""
STEPS = tuple(
    timedelta(seconds=each)
    for each in (10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200)
)
DAY = timedelta(days=1)
DAYS = (1, 2, 5, 7, 14, 31)
NIGHT_FROM, NIGHT_TO = 22, 6
"""Hours of the wall clock."""


@dataclass(frozen=True, slots=True)
class Axis:
    """A window of time on ``width`` pixels that begin at ``left``."""

    since: datetime
    until: datetime
    zone: ZoneInfo
    left: float
    width: float

    def x(self, at: datetime) -> float:
        """Where it stands; what lies outside stands at the edge."""
        share = (at - self.since) / (self.until - self.since)
        return round(self.left + min(max(share, 0.0), 1.0) * self.width, 1)

    @property
    def right(self) -> float:
        return self.left + self.width

    def shows(self, at: datetime, until_at: datetime | None = None) -> bool:
        """Whether any part of it lies in the window."""
        return at <= self.until and (until_at or at) >= self.since

    def ticks(self, room: float) -> Iterator[tuple[datetime, bool]]:
        """The round instants of the wall clock, at least ``room`` pixels apart; true for a midnight."""
        per_second = self.width / (self.until - self.since).total_seconds()
        every = next((each for each in STEPS if each.total_seconds() * per_second >= room), None)
        if every is None:
            fits = (each for each in DAYS if each * DAY.total_seconds() * per_second >= room)
            yield from self._midnights(next(fits, DAYS[-1]))
            return
        seconds = every.total_seconds()
        at = self._round(min(every, STEP))
        while at <= self.until:
            local = at.astimezone(self.zone)
            of_day = local.hour * 3600 + local.minute * 60 + local.second
            if at >= self.since and of_day % seconds == 0:
                yield at, of_day == 0
            at += min(every, STEP)

    def nights(self) -> Iterator[tuple[datetime, datetime]]:
        """The stretches of the window that are night."""
        began: datetime | None = None
        at = self._round(STEP)
        while at < self.until + STEP:
            hour = at.astimezone(self.zone).hour
            is_night = hour >= NIGHT_FROM or hour < NIGHT_TO
            if is_night and began is None:
                began = at
            elif not is_night and began is not None:
                if at > self.since:
                    yield max(began, self.since), min(at, self.until)
                began = None
            at += STEP
        if began is not None and began < self.until:
            yield max(began, self.since), self.until

    def _midnights(self, every: int) -> Iterator[tuple[datetime, bool]]:
        at, number = self._round(STEP), 0
        while at <= self.until:
            local = at.astimezone(self.zone)
            if at >= self.since and local.hour == local.minute == 0:
                if number % every == 0:
                    yield at, True
                number += 1
            at += STEP

    def _round(self, step: timedelta) -> datetime:
        """The last full step at or before the window."""
        return self.since - timedelta(seconds=self.since.timestamp() % step.total_seconds())
