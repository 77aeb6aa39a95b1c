"""The wall clock of a scenario: instants as its people read them, in the notation in which it is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from notation.times import written


@dataclass(frozen=True, slots=True)
class Frame:
    """The zone, the start and the first day of a scenario."""

    zone: ZoneInfo
    starts_at: datetime
    first_day: date

    def show(self, instant: datetime) -> str:
        """An instant as a scenario writes it, with the day once it is not the first: `+1 day 02:13:05`."""
        return written(instant.replace(microsecond=0), self.first_day, self.zone)


def show_span(span: timedelta) -> str:
    """A span in words short enough for a report, e.g. ``1 h 02 min`` or ``40 s``."""
    seconds = round(abs(span.total_seconds()))
    hours, minutes = seconds // 3600, seconds // 60 % 60
    if hours:
        return f"{hours} h {minutes:02} min"
    return f"{minutes} min {seconds % 60:02} s" if minutes else f"{seconds} s"
