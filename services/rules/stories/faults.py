"""What is wrong with a file of stories, said so that its author can mend it: every fault at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


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
