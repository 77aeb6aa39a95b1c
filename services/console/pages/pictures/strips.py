"""Strips: the three pictures of a resident. One night with its alarms, the last 24 hours with what moved and
how heart and breath went, and a fortnight of nights one above the other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import pairwise

from markupsafe import Markup

from services.console.pages.pictures import drawing, telling
from services.console.pages.pictures.bed import BedState
from services.console.pages.pictures.drawing import Scale
from services.console.pages.pictures.gathering import READINGS_EVERY, Moment, Reading, Strip
from services.console.pages.texts import Texts

TOP, BAND = 14, 34
"""Pixels: where the band begins, below the signs of alarms, and how high it is."""
STIR = timedelta(minutes=15)
"""What moved within a quarter of an hour is one mark."""
ROW = 18
"""Pixels of the height of one night among many."""
HOURS_OF_NIGHTS = 4
"""The hours above them; `pictures.css` draws its lines through all of them."""
GAP = 2 * READINGS_EVERY
"""A line is broken where nothing was measured for longer."""
HEART, BREATH = 36, 24
"""Pixels of the height of the two lines."""


def night(t: Texts, strip: Strip, name: str = "night") -> Markup:
    """One night, or the hours around an instant."""
    scale = Scale(strip.since, strip.until, strip.zone)
    foot = TOP + BAND
    parts = [
        drawing.bed(scale, strip.pieces, BAND, drawing.place(TOP, BAND), every=1),
        drawing.marks(scale, strip.alarms),
        drawing.hours(scale, 2, foot + 18),
    ]
    if strip.at is not None:
        parts.append(drawing.line_at(scale, strip.at, foot))
    return _figure(t, strip, drawing.picture(name, *_words(t, strip), foot + 26, *parts))


def day(t: Texts, strip: Strip, name: str = "day") -> Markup:
    """The last 24 hours."""
    scale = Scale(strip.since, strip.until, strip.zone)
    foot = TOP + BAND
    parts = [
        drawing.bed(scale, strip.pieces, BAND, drawing.place(TOP, BAND), every=3),
        drawing.marks(scale, strip.alarms),
    ]
    if strip.stirs:
        parts.append(_stirs(scale, strip.stirs, foot + 3))
        foot += 12
    parts.append(drawing.hours(scale, 6, foot + 18, wide_every=3))
    foot += 26
    for words, height, value in (
        (t("Heart, beats a minute"), HEART, _heart),
        (t("Breaths a minute"), BREATH, _breath),
    ):
        drawn = _line(scale, strip.readings, value, words, foot, height)
        if drawn:
            parts.append(drawn)
            foot += 24 + height + 6
    return _figure(t, strip, drawing.picture(name, *_words(t, strip), foot, *parts))


def nights(t: Texts, strips: Sequence[Strip]) -> Markup:
    """A fortnight, the newest night on top, each with its figures in words."""
    if not strips:
        return Markup()
    newest = strips[0]
    scale = Scale(newest.since, newest.until, newest.zone)
    head = Markup('<svg class="strip scale" aria-hidden="true" height="20">{}</svg>').format(
        drawing.hours(scale, HOURS_OF_NIGHTS, 14)
    )
    rows = Markup().join(
        Markup("<li><b>{}</b>{}<span>{}</span></li>").format(
            telling.day_of(each), _row(t, each), _beside(t, each)
        )
        for each in strips
    )
    return Markup('<div class="picture nights"><div class="head">{}</div><ol>{}</ol>{}</div>').format(
        head, rows, legend(t, strips)
    )


def legend(t: Texts, strips: Sequence[Strip]) -> Markup:
    """What the shapes mean, of those that are there."""
    shown = {each.state for strip in strips for each in strip.pieces}
    items = [
        Markup('<li><i class="{}"></i>{}</li>').format(state.value, telling.state(t, state))
        for state in BedState
        if state in shown and state is not BedState.AHEAD
    ]
    if any(strip.alarms for strip in strips):
        items.append(Markup('<li><i class="press"></i>{}</li>').format(t("alarm")))
    if any(strip.stirs for strip in strips):
        items.append(Markup('<li><i class="stir"></i>{}</li>').format(t("motion or door")))
    return Markup('<ul class="legend" aria-hidden="true">{}</ul>').format(Markup().join(items))


def _figure(t: Texts, strip: Strip, drawn: Markup) -> Markup:
    listed = Markup().join(Markup("<li>{}</li>").format(each) for each in telling.details(t, strip))
    return Markup(
        '<figure class="picture">{}{}<figcaption>{}</figcaption>'
        "<details><summary>{}</summary><ul>{}</ul></details></figure>"
    ).format(drawn, legend(t, [strip]), telling.summary(t, strip), t("In words"), listed)


def _words(t: Texts, strip: Strip) -> tuple[str, str]:
    return telling.title(t, strip), telling.description(t, strip)


def _row(t: Texts, strip: Strip) -> Markup:
    scale = Scale(strip.since, strip.until, strip.zone)
    named = Markup(' class="row" role="img" aria-label="{}"').format(telling.times(t, strip))
    return drawing.bed(scale, strip.pieces, ROW, named, alarms=[each.at for each in strip.alarms])


def _beside(t: Texts, strip: Strip) -> str:
    """The summary of a night, which is broken between its parts alone."""
    return t(" · ").join(each.replace(" ", "\u00a0") for each in telling.parts(t, strip))


def _stirs(scale: Scale, stirs: Sequence[Moment], y: int) -> Markup:
    """Runs of quarters of an hour in which something moved."""
    quarters = sorted({(each.at - scale.since) // STIR for each in stirs})
    runs: list[list[int]] = []
    for quarter in quarters:
        if runs and runs[-1][1] == quarter:
            runs[-1][1] = quarter + 1
        else:
            runs.append([quarter, quarter + 1])
    shape = "".join(f"M{start} 3h{end - start}" for start, end in runs)
    drawn = Markup('<path class="stir" d="{}"/>').format(shape)
    width = (scale.until - scale.since) // STIR
    return drawing.stretched(width, 6, drawing.place(y, 6), drawn)


def _heart(reading: Reading) -> float | None:
    return reading.heart_rate


def _breath(reading: Reading) -> float | None:
    return reading.respiration_rate


def _line(
    scale: Scale,
    readings: Sequence[Reading],
    value: Callable[[Reading], float | None],
    words: str,
    y: int,
    height: int,
) -> Markup:
    """One thin line with its name and its span; nothing where nothing was measured."""
    points = [(each.at, measured) for each in readings if (measured := value(each)) is not None]
    if not points:
        return Markup()
    low, high = min(each for _, each in points), max(each for _, each in points)
    spread = max(high - low, 1)
    runs: list[list[tuple[int, int]]] = []
    for place, (at, measured) in enumerate(points):
        if place == 0 or at - points[place - 1][0] > GAP:
            runs.append([])
        step = (at - scale.since) // READINGS_EVERY
        runs[-1].append((step, round((high - measured) / spread * height)))
    shape = "".join(map(_run, runs))
    label = f"{words} {low:.0f}–{high:.0f}" if round(low) != round(high) else f"{words} {low:.0f}"
    drawn = Markup('<path class="measured" d="{}"/>').format(shape)
    return drawing.text(0, y + 14, label) + drawing.stretched(
        (scale.until - scale.since) // READINGS_EVERY, height, drawing.place(y + 22, height), drawn
    )


def _run(points: Sequence[tuple[int, int]]) -> str:
    """One unbroken piece of a line, from point to point; a dot where there is but one."""
    (x, y), *_ = points
    steps = (f"{after[0] - before[0]} {after[1] - before[1]}" for before, after in pairwise(points))
    return f"M{x} {y}" + ("l" + " ".join(steps) if len(points) > 1 else "h0").replace(" -", "-")
