"""Drawing: bands of time as SVG that stretch with the page while their writing keeps its size.

Along the time everything stands in shares of the width, so no viewBox shrinks a label on a phone. Colours
and strengths come from the classes of `pictures.css`; each state has a shape of its own besides.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from markupsafe import Markup

from services.console.pages.pictures.bed import BedState, Spell, exits
from services.console.pages.pictures.gathering import Moment
from services.domain.instants import local, utc_of_local

MINUTE = timedelta(minutes=1)
MOST_MARKS = 16
"""Alarms that are drawn, the newest; more on one picture are told in words."""
EDGE = 4.0
"""Percent of the width from either end within which a label is set flush, or it would be cut off."""


class Scale:
    """Where an instant of a window stands."""

    def __init__(self, since: datetime, until: datetime, zone: ZoneInfo) -> None:
        self.since, self.until, self.zone = since, until, zone
        self.minutes = round((until - since) / MINUTE)

    def minute(self, at: datetime) -> int:
        return round((min(max(at, self.since), self.until) - self.since) / MINUTE)

    def share(self, at: datetime) -> float:
        """Percent of the width."""
        return (at - self.since) / (self.until - self.since) * 100

    def full_hours(self, every: int) -> Iterator[datetime]:
        """The instants within the window at which the wall clock shows a full hour that ``every`` divides."""
        day = local(self.since, self.zone).date()
        while utc_of_local(day, time(0), self.zone) <= self.until:
            for hour in range(0, 24, every):
                at = utc_of_local(day, time(hour), self.zone)
                exists = local(at, self.zone).hour == hour
                if exists and self.since <= at <= self.until:
                    yield at
            day += timedelta(days=1)


def bed(
    scale: Scale,
    pieces: Sequence[Spell],
    height: int,
    place: Markup,
    *,
    every: int | None = None,
    alarms: Iterable[datetime] = (),
) -> Markup:
    """The band of the bed, each state in a shape of its own: thick in bed, thin along the floor out of bed,
    dashed where nothing is known, doubled while away; a cut for each getting up.

    Behind it a fine line each ``every`` hours, if any. ``place`` has the attributes of where it stands and
    what it is called.
    """

    def upright(at: Iterable[datetime]) -> str:
        return "".join(f"M{minute} 0v{height}" for minute in sorted({scale.minute(each) for each in at}))

    drawn = {
        "hour": upright(scale.full_hours(every) if every else ()),
        **{state.value: _lines_of(state, scale, pieces, height) for state in BedState},
        "up": upright(each.start for each in exits(pieces)),
        "pressed": upright(alarms),
    }
    paths = (Markup('<path class="{}" d="{}"/>').format(*each) for each in drawn.items() if each[1])
    return stretched(scale.minutes, height, place, Markup().join(paths))


def _lines_of(state: BedState, scale: Scale, pieces: Iterable[Spell], height: int) -> str:
    heights = {
        BedState.IN: (height // 2,),
        BedState.OUT: (height * 8 // 9,),
        BedState.UNKNOWN: (height // 2,),
        BedState.AWAY: (height // 4, height * 3 // 4),
    }.get(state, ())
    lines = ""
    for each in pieces:
        start, end = scale.minute(each.start), scale.minute(each.end)
        if each.state is state and end > start:
            lines += "".join(f"M{start} {y}h{end - start}" for y in heights)
    return lines


def stretched(width: int, height: int, place: Markup, drawn: Markup) -> Markup:
    """Shapes that stretch with the page; a line in them keeps its strength."""
    return Markup('<svg viewBox="0 0 {} {}" preserveAspectRatio="none"{}>{}</svg>').format(
        width, height, place, drawn
    )


def hours(scale: Scale, every: int, y: int, *, wide_every: int | None = None) -> Markup:
    """The hours along the foot; ``wide_every``: those that stand there only where there is room."""
    few = list(scale.full_hours(every))
    more = [at for at in scale.full_hours(wide_every or every) if at not in few]
    drawn = Markup().join(_hour(scale, at) for at in few)
    if more:
        drawn += Markup('<g class="wide">{}</g>').format(Markup().join(_hour(scale, at) for at in more))
    return Markup('<g class="hours" transform="translate(0 {})">{}</g>').format(y, drawn)


def _hour(scale: Scale, at: datetime) -> Markup:
    share = scale.share(at)
    flush = "first" if share < EDGE else "last" if share > 100 - EDGE else None
    return Markup('<text x="{}"{}>{:%H:%M}</text>').format(
        _percent(share),
        Markup(' class="{}"').format(flush) if flush else "",
        local(at, scale.zone),
    )


def marks(scale: Scale, moments: Sequence[Moment]) -> Markup:
    """A sign above the band for each alarm; those of one minute share theirs."""
    minutes = sorted({scale.minute(each.at) for each in moments})[-MOST_MARKS:]
    if not minutes:
        return Markup()
    sign = Markup('<svg x="{}"><path d="M-6 1H6L0 12z"/></svg>')
    signs = (sign.format(_percent(minute / scale.minutes * 100)) for minute in minutes)
    return Markup('<g class="press">{}</g>').format(Markup().join(signs))


def line_at(scale: Scale, at: datetime, bottom: int) -> Markup:
    """The instant that the picture is about."""
    return Markup('<line class="at" x1="{0}" x2="{0}" y1="0" y2="{1}"/>').format(
        _percent(scale.share(at)), bottom
    )


def picture(name: str, title: str, description: str, height: int, *parts: Markup) -> Markup:
    """A whole picture with what it says in words; ``name`` is unique on its page."""
    return Markup(
        '<svg class="strip" role="img" aria-labelledby="{0}-t {0}-d" height="{1}">'
        '<title id="{0}-t">{2}</title><desc id="{0}-d">{3}</desc>{4}</svg>'
    ).format(name, height, title, description, Markup().join(parts))


def place(y: int, height: int) -> Markup:
    """Attributes of a band that stands within a picture."""
    return Markup(' y="{}" height="{}"').format(y, height)


def text(x: int, y: int, words: str) -> Markup:
    return Markup('<text x="{}" y="{}">{}</text>').format(x, y, words)


def _percent(share: float) -> str:
    """As short as can be told apart on a screen."""
    return f"{share:.1f}".removesuffix(".0") + "%"
