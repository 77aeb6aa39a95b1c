"""What is wrong with a rulebook or a history, said so that its author can mend it.

A rulebook is refused whole with every fault at once; a history at the first line that makes no sense.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a rulebook: where, what was found, what was expected, the nearest right key."""

    file: str
    rule: str | None
    field: str
    found: str
    expected: str
    nearest: str | None = None

    def __str__(self) -> str:
        """The fault in one line."""
        place = f"{self.file}: rule {self.rule}: {self.field}" if self.rule else f"{self.file}: {self.field}"
        meant = f"; did you mean {self.nearest!r}?" if self.nearest else ""
        return f"{place}: found {self.found}, expected {self.expected}{meant}"


class RulebookFaults(ValueError):
    """A rulebook that cannot be used, with every fault in it."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class HistoryFault(ValueError):
    """A line of a history that cannot be taken in; the history is refused from there on."""

    def __init__(self, line: int, reason: str) -> None:
        self.line = line
        self.reason = reason
        super().__init__(f"line {line}: {reason}")
