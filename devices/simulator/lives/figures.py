"""The figures that lives are held against: what is published of people over 75, and whether a simulated
community lies within it. The file beside this one says what is known; nothing here knows how people live.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from devices.simulator.lives.measuring import measure

FILE = Path(__file__).parent / "figures.yaml"


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure, its published range and its source; ``mean``: of the mean, not the median."""

    key: str
    figure: str
    unit: str
    low: float
    high: float
    source: str
    mean: bool = False

    @property
    def words(self) -> str:
        return f"{self.figure}, {self.unit}{' (mean)' if self.mean else ''}"


@dataclass(frozen=True, slots=True)
class Held:
    """A simulated figure, held against what is published."""

    figure: Figure
    simulated: float

    @property
    def lies_within(self) -> bool:
        return self.figure.low <= self.simulated <= self.figure.high

    @property
    def shown(self) -> str:
        """With two digits that count, or three."""
        return f"{self.simulated:.{0 if self.simulated >= _LARGE else 1 if self.simulated >= 1 else 2}f}"


_LARGE = 20


@cache
def figures() -> tuple[Figure, ...]:
    found: list[dict[str, Any]] = YAML(typ="safe", pure=True).load(FILE.read_text("utf-8"))
    return tuple(Figure(**each) for each in found)


def held(nights: int, seed: int | str = 1) -> tuple[Held, ...]:
    """The figures of so many simulated nights."""
    measured = measure(nights, seed)
    return tuple(
        Held(figure, measured.mean(figure.key) if figure.mean else measured.middle(figure.key))
        for figure in figures()
    )


def as_table(rows: tuple[Held, ...]) -> str:
    """As docs/lives.md shows it."""
    lines = ["| figure | published | simulated | source |", "|---|---|---|---|"]
    for row in rows:
        figure = row.figure
        published = f"{figure.low:g}–{figure.high:g}"
        lines.append(f"| {figure.words} | {published} | {row.shown} | {figure.source} |")
    return "\n".join(lines)
