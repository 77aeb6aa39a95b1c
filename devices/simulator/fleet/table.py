"""The table of a fleet: drawn anew where it stands at a terminal, a line every few seconds on a pipe, and
once at the end. It only shows.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from devices.simulator import clock
from devices.simulator.fleet.figures import Figures, shown_rate

LINE_EVERY = 5.0
"""Seconds between two lines on a pipe."""
NOTHING = "–"


def table(figures: Figures, doing: str = "") -> Table:
    """Everything that is known so far."""
    shown = Table(box=None, pad_edge=False, show_header=False, title_justify="left")
    shown.add_column(style="bold", no_wrap=True)
    shown.add_column(justify="right", no_wrap=True)
    shown.add_column(overflow="fold")
    for name, value, beside in _rows(figures):
        shown.add_row(name, value, Text(beside, style="dim"))
    if doing:
        shown.caption = doing
        shown.caption_justify = "left"
    return shown


def line(figures: Figures, doing: str) -> str:
    """The same in one line."""
    return f"{figures.sending_took:6.1f} s  {doing}: " + ", ".join(
        f"{value} {name}" for name, value, _ in _rows(figures)
    )


def _rows(figures: Figures) -> Iterator[tuple[str, str, str]]:
    wanted = f"of {shown_rate(figures.wanted_rate)}" if figures.wanted_rate else "as many as go"
    yield "sent", f"{figures.sent:,}", f"{shown_rate(figures.sent_rate)} a second, {wanted}"
    yield "acknowledged", f"{figures.acknowledged:,}", "by the broker"
    if not figures.with_service:
        return
    how = "looked up by id through the API" if figures.is_looked_up else "by receipts"
    yield (
        "stored",
        f"{figures.stored:,}",
        f"{how}; receipt after p50 {_time(figures.receipt_p50)}, p99 {_time(figures.receipt_p99)}",
    )
    yield (
        "alerted",
        f"{figures.alerted:,}",
        f"of {figures.pressed:,} who pressed; {_at_telephone(figures)}",
    )
    if figures.is_looked_up:
        yield "lost", f"{figures.lost:,}", "acknowledged by the broker, and stored nowhere"
    else:
        yield "lost", NOTHING, "known when all are looked up"
    yield "doubled", f"{figures.duplicate:,}", ""


def _at_telephone(figures: Figures) -> str:
    return f"at the telephone after p50 {_time(figures.press_p50)}, p99 {_time(figures.press_p99)}"


def _time(milliseconds: float | None) -> str:
    return NOTHING if milliseconds is None else f"{milliseconds:,.0f} ms"


class Screen:
    """Shows a fleet while it runs."""

    def __init__(self, console: Console, live: Live | None) -> None:
        self._console = console
        self._live = live
        self._line_at = 0

    def show(self, figures: Figures, doing: str) -> None:
        if self._live is not None:
            self._live.update(table(figures, doing))
        elif clock.stamp() >= self._line_at:
            self._line_at = clock.stamp() + int(LINE_EVERY * clock.SECOND)
            self._console.print(line(figures, doing), soft_wrap=True, highlight=False)


@contextmanager
def screen(console: Console) -> Iterator[Screen]:
    """A screen that is wiped at its end; the table of the end is printed by `show_end`."""
    if not console.is_terminal:
        yield Screen(console, None)
        return
    with Live(console=console, transient=True, refresh_per_second=4) as live:
        yield Screen(console, live)


def show_end(console: Console, figures: Figures) -> None:
    """Print the table and what is wrong with it."""
    console.print(table(figures))
    if figures.stopped:
        console.print(f"stopped after {figures.sending_took:,.0f} s of {figures.asked_seconds:,.0f} s")
    faults = figures.faults()
    for fault in faults:
        console.print(Text(fault, style="bold red"))
    if not faults:
        what = "nothing lost, nothing doubled" if figures.with_service else "all acknowledged"
        held = "; the rate was held" if figures.wanted_rate and not figures.stopped else ""
        console.print(Text(f"{what}{held}", style="bold green"))
