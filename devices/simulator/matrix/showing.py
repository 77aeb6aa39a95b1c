"""The matrix on a terminal: a row a story, a column a fault; beneath it a legend, what was allowed and why,
and each failure with what differs and the nearest thing.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from devices.simulator.matrix.judging import Mark
from devices.simulator.matrix.playing import Row, failures

LOOKS = {
    Mark.SAME: ("same", "green"),
    Mark.ALLOWED: ("as allowed", "cyan"),
    Mark.FAIL: ("FAIL", "bold red"),
}
LEGEND = {
    Mark.SAME: "the same alerts and the same people told, to the second",
    Mark.ALLOWED: "differs only in what this fault may change (docs/faults.md)",
    Mark.FAIL: "differs otherwise; explained beneath",
}
MOST_WORDS = 600
"""Characters of what a service that broke off said last."""
COLUMNS = 4
"""Faults side by side; more are shown in a further table, so that no terminal breaks their names."""


def show(console: Console, rows: Sequence[Row], faults: Sequence[str], seed: int) -> None:
    """Print all of it."""
    for first in range(0, len(faults), COLUMNS):
        console.print(_table(rows, faults[first : first + COLUMNS]))
    for mark, words in LEGEND.items():
        name, style = LOOKS[mark]
        console.print(Text(f"  {name:<11}", style=style), Text(words), sep="")
    _explain_allowed(console, rows)
    for row in rows:
        if row.unplayable:
            words = f"{row.scenario.scenario} cannot be played even without a fault: {row.unplayable}"
            console.print(Text(words, style="bold red"))
    for row, fault, cell in failures(rows):
        console.print(Text(f"\n{row.scenario.scenario} × {fault}: FAIL", style="bold red"))
        if cell.broke_off:
            words = cell.broke_off.strip()[-MOST_WORDS:]
            console.print(Text(f"  could not be played to its end: {words}", style="red"))
        for each in cell.faults:
            console.print(Text(f"  {each.difference.say(row.scenario.frame)}", style="red"))
            console.print(Text(f"    {each.because}"))
    marks = [cell.mark for row in rows for cell in row.cells.values()]
    counted = ", ".join(f"{marks.count(mark)} {LOOKS[mark][0]}" for mark in Mark)
    style = "bold red" if marks.count(Mark.FAIL) or any(row.unplayable for row in rows) else "bold green"
    console.print(Text(f"\n{len(marks)} cells with seed {seed}: {counted}", style=style))


def _table(rows: Sequence[Row], faults: Sequence[str]) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("scenario", no_wrap=True, style="bold")
    for fault in faults:
        table.add_column(fault, no_wrap=True)
    for row in rows:
        cells = [row.cells.get(fault) for fault in faults]
        looks = [Text("–") if cell is None else Text(*LOOKS[cell.mark]) for cell in cells]
        table.add_row(Text(row.scenario.scenario), *looks)
    return table


def _explain_allowed(console: Console, rows: Sequence[Row]) -> None:
    """Under each fault what was allowed in which stories, and why."""
    counted: dict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
    for row in rows:
        for fault, cell in row.cells.items():
            for _, by in cell.allowed:
                counted[fault, by.because, by.source][row.scenario.scenario] += 1
    for (fault, because, source), stories in counted.items():
        where = ", ".join(f"{story} {count}" for story, count in stories.items())
        console.print(Text(f"  {fault}: {because} ({source}): {where}", style="cyan"))
