"""Calendar periods of local time: weeks from Monday, months, quarters, years.

A period is [00:00 local of its first day, 00:00 local of the next one's first day), reckoned in instants, so
that a day whose midnight is shown twice belongs to one period only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from services.domain.instants import local, start_of_day

_DAY = timedelta(days=1)
_MONTHS_IN_QUARTER = 3
_DECEMBER = 12


class Period(StrEnum):
    """How long a quota's period is."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Span:
    """One period: its first local day, and that of the next one."""

    period: Period
    first_day: date
    next_day: date
    zone: ZoneInfo

    @property
    def starts_at(self) -> datetime:
        """00:00 local of its first day."""
        return start_of_day(self.first_day, self.zone)

    @property
    def ends_at(self) -> datetime:
        """00:00 local of the next one's first day; not in it."""
        return start_of_day(self.next_day, self.zone)

    def warns_at(self, days: int) -> datetime:
        """00:00 local so many days before the end."""
        return start_of_day(self.next_day - days * _DAY, self.zone)

    def next(self) -> Span:
        """The period after it."""
        return _beginning(self.period, self.next_day, self.zone)

    def before(self) -> Span:
        """The period before it."""
        return _beginning(self.period, _first_day(self.period, self.first_day - _DAY), self.zone)


def span_holding(instant: datetime, period: Period, zone: ZoneInfo) -> Span:
    """The period in which an instant lies."""
    span = _beginning(period, _first_day(period, local(instant, zone).date()), zone)
    # The local date of an instant may belong to the day before where midnight is shown twice.
    while instant >= span.ends_at:
        span = span.next()
    while instant < span.starts_at:
        span = span.before()
    return span


def _beginning(period: Period, first_day: date, zone: ZoneInfo) -> Span:
    return Span(period, first_day, _following(period, first_day), zone)


def _first_day(period: Period, day: date) -> date:
    if period is Period.WEEK:
        return day - day.weekday() * _DAY
    if period is Period.MONTH:
        return day.replace(day=1)
    if period is Period.QUARTER:
        return date(day.year, day.month - (day.month - 1) % _MONTHS_IN_QUARTER, 1)
    return date(day.year, 1, 1)


def _following(period: Period, first_day: date) -> date:
    if period is Period.WEEK:
        return first_day + 7 * _DAY
    if period is Period.YEAR:
        return date(first_day.year + 1, 1, 1)
    month = first_day.month + (1 if period is Period.MONTH else _MONTHS_IN_QUARTER)
    return date(first_day.year + (month > _DECEMBER), (month - 1) % _DECEMBER + 1, 1)
