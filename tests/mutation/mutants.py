"""Mutants of a module: each comparison of an order with its boundary on the other side, each one that asks
whether two are the same turned round. It reads source text and writes source text; it runs nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

FLIPPED: Mapping[type[ast.cmpop], tuple[str, str]] = {
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
}
"""What is written, and what is written instead."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One comparison of one module, flipped. The sign stands at ``line`` (from 1) and ``column`` (from 0);
    ``expression`` is the whole comparison as it is without.
    """

    path: Path
    line: int
    column: int
    before: str
    after: str
    expression: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line} `{self.expression}` with {self.after}"

    def written_into(self, source: str) -> str:
        """The source of the module with this mutant in it."""
        lines = source.splitlines(keepends=True)
        text = lines[self.line - 1]
        end = self.column + len(self.before)
        if text[self.column : end] != self.before:
            raise ValueError(f"{self}: {self.before} does not stand there")
        lines[self.line - 1] = text[: self.column] + self.after + text[end:]
        return "".join(lines)


def mutants_of(path: Path, source: str) -> Iterator[Mutant]:
    """Every mutant of a module, in the order of its text."""
    found = [each for node in ast.walk(ast.parse(source)) for each in _of_node(path, source, node)]
    yield from sorted(found, key=lambda mutant: (mutant.line, mutant.column))


def spread(mutants: Sequence[Mutant], number: int, seed: int) -> list[Mutant]:
    """So many of them at equal distances, beginning where the seed says; all if there are fewer."""
    if number >= len(mutants):
        return list(mutants)
    step = len(mutants) / number
    return [mutants[int(seed % len(mutants) + each * step) % len(mutants)] for each in range(number)]


def _of_node(path: Path, source: str, node: ast.AST) -> Iterator[Mutant]:
    if not isinstance(node, ast.Compare):
        return
    expression = " ".join((ast.get_source_segment(source, node) or "").split())
    sides = [node.left, *node.comparators]
    for left, operator, right in zip(sides, node.ops, sides[1:], strict=False):
        signs = FLIPPED.get(type(operator))
        place = _place_of(source, signs[0], left, right) if signs else None
        if signs and place:
            yield Mutant(path, *place, *signs, expression)


def _place_of(source: str, sign: str, left: ast.expr, right: ast.expr) -> tuple[int, int] | None:
    """Where the sign stands between its sides: brackets and line ends may lie between."""
    lines = source.splitlines()
    first, last = left.end_lineno or left.lineno, right.lineno
    for number in range(first, last + 1):
        start = _column(lines[number - 1], left.end_col_offset or 0) if number == first else 0
        end = _column(lines[number - 1], right.col_offset) if number == last else len(lines[number - 1])
        found = lines[number - 1].find(sign, start, end)
        if found >= 0:
            return number, found
    return None


def _column(line: str, offset: int) -> int:
    """The character at a place that is counted in bytes."""
    return len(line.encode()[:offset].decode())
