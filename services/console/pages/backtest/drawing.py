"""The pictures of a backtest: bars by day, and rows of fields whose strength says how many.

Along the width everything stands in shares of it, so that no letter shrinks on a phone. Both sides have a
place and a shape of their own, so that nothing is said by a colour alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from markupsafe import Markup

from services.domain.backtests import HOURS, DayTried

TALL = 150
"""Pixels of the highest bar."""
HEAD, FOOT = 20, 22
LABELS = 6
"""Days that are named along the foot, at most."""
STRENGTHS = 5
ROW, GAP = 18, 2


def days(drawn: Sequence[DayTried], named: Sequence[str], title: str, description: str) -> Markup:
    """Two bars a day: what was, outlined, and what would have been, filled; its foot is the night's part."""
    most = max((max(each.now, each.would) for each in drawn), default=0)
    slot = 100 / max(len(drawn), 1)
    bars = Markup().join(_day(each, n * slot, slot, max(most, 1)) for n, each in enumerate(drawn))
    step = -(-len(drawn) // LABELS) if drawn else 1
    labels = Markup().join(
        Markup('<text x="{}" y="{}" class="{}">{}</text>').format(
            _percent((n + 0.5) * slot), HEAD + TALL + 16, "first" if n == 0 else "", named[n]
        )
        for n in range(0, len(drawn), step)
        if n == 0 or n + step // 2 < len(drawn)
    )
    scale = Markup(
        '<line class="scale" x1="0" x2="100%" y1="{0}" y2="{0}"/><text x="0" y="14">{1}</text>'
    ).format(HEAD, most)
    ground = Markup('<line class="ground" x1="0" x2="100%" y1="{0}" y2="{0}"/>').format(HEAD + TALL)
    return _picture("days", HEAD + TALL + FOOT, title, description, scale, bars, ground, labels)


def _day(each: DayTried, left: float, slot: float, most: int) -> Markup:
    return Markup().join(
        (
            _bar("now", left + slot * 0.1, slot * 0.36, each.now, most),
            _bar("now night", left + slot * 0.1, slot * 0.36, each.now_at_night, most),
            _bar("would", left + slot * 0.54, slot * 0.36, each.would, most),
            _bar("would night", left + slot * 0.54, slot * 0.36, each.would_at_night, most),
        )
    )


def _bar(name: str, left: float, width: float, count: int, most: int) -> Markup:
    if not count:
        return Markup()
    height = max(count / most * TALL, 2)
    return Markup('<rect class="{}" x="{}" width="{}" y="{:.1f}" height="{:.1f}"/>').format(
        name, _percent(left), _percent(width), HEAD + TALL - height, height
    )


def hours(now: Sequence[int], would: Sequence[int], most: int, title: str) -> Markup:
    """The 24 hours of one rule, twice: above what was, below what would have been."""
    return _picture(
        "", 2 * ROW + GAP, title, "", _fields("now", now, most, 0), _fields("would", would, most, ROW + GAP)
    )


def nights(counts: Sequence[int], most: int, title: str) -> Markup:
    """The nights of one worker."""
    return _picture("", ROW, title, "", _fields("would", counts, most, 0))


def hours_scale() -> Markup:
    """The wall clock above the hours."""
    labels = Markup().join(
        Markup('<text x="{}" y="12" class="{}">{:02}:00</text>').format(
            _percent(hour / HOURS * 100), "first" if hour == 0 else "", hour
        )
        for hour in range(0, HOURS, 6)
    )
    return Markup('<svg class="chart" height="16" aria-hidden="true">{}</svg>').format(labels)


def dates_scale(days_: Sequence[date], named: Sequence[str]) -> Markup:
    """The dates above the nights."""
    step = -(-len(days_) // LABELS) if days_ else 1
    labels = Markup().join(
        Markup('<text x="{}" y="14" class="{}">{}</text>').format(
            _percent(n / len(days_) * 100), "first" if n == 0 else "", named[n]
        )
        for n in range(0, len(days_), step)
        if n + step // 2 < len(days_) or n == 0
    )
    return Markup('<svg class="chart" height="20" aria-hidden="true">{}</svg>').format(labels)


def _fields(side: str, counts: Sequence[int], most: int, top: int) -> Markup:
    slot = 100 / max(len(counts), 1)
    drawn = Markup()
    for n, count in enumerate(counts):
        strength = -(-count * STRENGTHS // max(most, 1)) if count else 0
        drawn += Markup('<rect class="{} s{}" x="{}" width="{}" y="{}" height="{}"/>').format(
            side, strength, _percent(n * slot + slot * 0.04), _percent(slot * 0.92), top, ROW
        )
        if count:
            drawn += Markup('<text class="count s{}" x="{}" y="{}">{}</text>').format(
                strength, _percent((n + 0.5) * slot), top + ROW - 4, count
            )
    return drawn


def _picture(name: str, height: int, title: str, description: str, *parts: Markup) -> Markup:
    said = f"{title} {description}".strip()
    return Markup('<svg class="chart {}" role="img" aria-label="{}" height="{}">{}</svg>').format(
        name, said, height, Markup().join(parts)
    )


def _percent(share: float) -> str:
    return f"{share:.2f}".rstrip("0").rstrip(".") + "%"
