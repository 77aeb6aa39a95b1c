"""A bar for work that takes longer than a glance: drawn at a terminal, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


class Bar:
    """One stretch of work on the bar."""

    def __init__(self, drawn: Progress, task: TaskID) -> None:
        self._drawn = drawn
        self._task = task

    def total(self, count: int) -> None:
        """Say how much there is, once it is known."""
        self._drawn.update(self._task, total=count)

    def advance(self, count: int) -> None:
        """Say how much more is done."""
        self._drawn.advance(self._task, count)


@contextmanager
def bars(*labels: str) -> Iterator[list[Bar]]:
    """A bar for each label, on standard error."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as drawn:
        yield [Bar(drawn, drawn.add_task(label, total=None)) for label in labels]
