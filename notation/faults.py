"""What is wrong with a file of stories or with a scenario, said so that its author can mend it: every fault
at once.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class StoryFault:
    """One thing wrong: where it stands, what was found, what was expected, the nearest right word."""

    file: str
    line: int
    """Counted from 1; 0 where it concerns the file as a whole."""
    story: str | None
    field: str
    found: str
    expected: str
    nearest: str | None = None

    def __str__(self) -> str:
        """The fault in one line."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        named = f" story {self.story!r}:" if self.story else ""
        meant = f"; did you mean {self.nearest!r}?" if self.nearest else ""
        return f"{place}:{named} {self.field}: found {self.found}, expected {self.expected}{meant}"


class StoryFaults(ValueError):
    """A file of stories that cannot be used, with every fault in it."""

    def __init__(self, faults: Iterable[StoryFault]) -> None:
        self.faults: tuple[StoryFault, ...] = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


def nearest_of(word: str, known: Iterable[str]) -> str | None:
    """The known word that looks most like this one, None if none does."""
    return _nearest(word, tuple(known))


@lru_cache(maxsize=1024)  # one slip stands in a file again and again
def _nearest(word: str, known: tuple[str, ...]) -> str | None:
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return close[0] if close else None


def one_of(words: Iterable[str]) -> str:
    """The words as an expectation."""
    return "one of " + ", ".join(words)


def shown_value(value: object) -> str:
    """A value as it is shown in a fault: short, and told apart from a text that looks like it."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and not math.isfinite(value):
        return "a number that is not finite"
    text = repr(value) if isinstance(value, str | int | float) else type(value).__name__
    return text if len(text) <= _MOST_FOUND else text[: _MOST_FOUND - 1] + "…"


_MOST_FOUND = 60
