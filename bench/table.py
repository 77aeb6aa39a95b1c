"""The table at the end: figure, value, goal, met or not."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable

from rich.console import Console
from rich.table import Table

from bench.figures import Figure

HUNDRED = 100


def show(figures: Iterable[Figure], console: Console) -> None:
    table = Table(pad_edge=False)
    table.add_column("figure", overflow="fold")
    table.add_column("store")
    table.add_column("value", justify="right", no_wrap=True)
    table.add_column("goal", justify="right", no_wrap=True)
    table.add_column("met")
    table.add_column("beside it", overflow="fold")
    for figure in figures:
        met = {None: "", True: "[green]yes[/]", False: "[red]no[/]"}[figure.is_met]
        table.add_row(
            figure.name, figure.store, _amount(figure.value, figure.unit), _goal(figure), met, figure.note
        )
    table.caption = (
        f"{os.cpu_count()} cores, Python {platform.python_version()}; "
        f"busy over the last 5 minutes, everything counted: {os.getloadavg()[1]:.1f}"
    )
    console.print(table)


def _goal(figure: Figure) -> str:
    if figure.goal is None:
        return ""
    return f"{'≥' if figure.at_least else '≤'} {_amount(figure.goal, figure.unit)}"


def _amount(value: float, unit: str) -> str:
    digits = f"{value:,.0f}" if abs(value) >= HUNDRED or value == int(value) else f"{value:,.2f}"
    return f"{digits} {unit}"
