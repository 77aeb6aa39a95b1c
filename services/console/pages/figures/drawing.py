"""The pictures of the figures: a share beside its reference, the 24 hours, the nights of one person.

Along the width everything stands in shares of it, so that no letter shrinks on a phone. What falls short has
a shape of its own, a broken edge, so that nothing is said by a colour alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

BAR = 14
"""Pixels of the height of one bar."""
TALL, HEAD, FOOT = 120, 16, 22
ROW, STRENGTHS = 22, 5


@dataclass(frozen=True, slots=True)
class Column:
    """One hour: the share in time (0 to 1; None of nothing), whether it falls short, and what it says."""

    share: float | None
    is_short: bool
    count: int


@dataclass(frozen=True, slots=True)
class Field:
    """One night."""

    count: int
    is_too_many: bool


def bar(
    share: float | None,
    reference: float | None,
    said: str,
    *,
    is_short: bool = False,
    is_good: bool = True,
) -> Markup:
    """A share of the whole width, and where the reference lies."""
    drawn = Markup('<rect class="track" width="100%" y="2" height="{}"/>').format(BAR)
    if share:
        drawn += Markup('<rect class="{}" x="0" width="{}" y="2" height="{}"/>').format(
            _name("met" if is_good else "idle", is_short), _percent(share), BAR
        )
    if reference is not None:
        drawn += Markup('<line class="reference" x1="{0}" x2="{0}" y1="0" y2="{1}"/>').format(
            _percent(reference), BAR + 4
        )
    return _picture("bar", BAR + 4, said, drawn)


def hours(columns: Sequence[Column], reference: float, reference_said: str, said: str) -> Markup:
    """A column an hour, as high as the share, the reference across all of them, and how many there were."""
    slot = 1 / len(columns)
    drawn = Markup('<line class="ground" x1="0" x2="100%" y1="{0}" y2="{0}"/>').format(HEAD + TALL)
    for n, each in enumerate(columns):
        if each.share is None:
            continue
        height = max(each.share * TALL, 2)
        drawn += Markup('<rect class="{}" x="{}" width="{}" y="{:.1f}" height="{:.1f}"/>').format(
            _name("met", each.is_short),
            _percent((n + 0.12) * slot),
            _percent(0.76 * slot),
            HEAD + TALL - height,
            height,
        )
        drawn += Markup('<text class="count" x="{}" y="{}">{}</text>').format(
            _percent((n + 0.5) * slot), HEAD + TALL - 5, each.count
        )
    across = HEAD + TALL * (1 - reference)
    drawn += Markup('<line class="reference" x1="0" x2="100%" y1="{0:.1f}" y2="{0:.1f}"/>').format(across)
    drawn += Markup('<text class="last" x="100%" y="{}">{}</text>').format(HEAD - 5, reference_said)
    drawn += Markup().join(
        Markup('<text class="{}" x="{}" y="{}">{:02}:00</text>').format(
            "first" if hour == 0 else "", _percent(hour * slot), HEAD + TALL + 16, hour
        )
        for hour in range(0, len(columns), 6)
    )
    return _picture("hours", HEAD + TALL + FOOT, said, drawn)


def nights(fields: Sequence[Field], most: int, said: str) -> Markup:
    """A field a night, the stronger the more; one with too many has a thick broken edge."""
    slot = 1 / max(len(fields), 1)
    drawn = Markup('<rect class="track" width="100%" y="2" height="{}"/>').format(ROW)
    for n, each in enumerate(fields):
        if not each.count:
            continue
        strength = -(-each.count * STRENGTHS // max(most, each.count))
        drawn += Markup('<rect class="{} s{}" x="{}" width="{}" y="2" height="{}"/>').format(
            _name("page", each.is_too_many), strength, _percent((n + 0.06) * slot), _percent(0.88 * slot), ROW
        )
        drawn += Markup('<text class="count s{}" x="{}" y="{}">{}</text>').format(
            strength, _percent((n + 0.5) * slot), ROW - 4, each.count
        )
    return _picture("nights", ROW + 4, said, drawn)


def dates(named: Sequence[str], labels: int = 5) -> Markup:
    """The dates above the nights."""
    step = -(-len(named) // labels) if named else 1
    drawn = Markup().join(
        Markup('<text class="{}" x="{}" y="13">{}</text>').format(
            "first" if n == 0 else "", _percent(n / len(named)), named[n]
        )
        for n in range(0, len(named), step)
        if n + step // 2 < len(named) or n == 0
    )
    return Markup('<svg class="chart dates" height="18" aria-hidden="true">{}</svg>').format(drawn)


def _name(name: str, is_marked: bool) -> str:  # noqa: FBT001 - one word of a class
    return f"{name} short" if is_marked else name


def _picture(name: str, height: int, said: str, drawn: Markup) -> Markup:
    return Markup('<svg class="chart {}" role="img" aria-label="{}" height="{}">{}</svg>').format(
        name, said, height, drawn
    )


def _percent(share: float) -> str:
    return f"{min(share, 1) * 100:.2f}".rstrip("0").rstrip(".") + "%"
