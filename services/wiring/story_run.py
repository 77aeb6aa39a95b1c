"""A run of stories: every file that is meant, every story in it, and how long each took.

It plays and counts; what is shown of it is decided by whoever asked for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from notation.faults import StoryFault, StoryFaults
from services.rules.replay import RuleBroke
from services.rules.rulebook import Rulebook
from services.rules.stories.judging import Failure, Verdict, try_story
from services.wiring.story_files import read_file


@dataclass(frozen=True, slots=True)
class Tried:
    """One story that was played, and for how many seconds."""

    verdict: Verdict
    seconds: float


@dataclass(frozen=True, slots=True)
class TriedFile:
    """What came of one file: its stories, or why it cannot be used."""

    file: Path
    stories: tuple[Tried, ...] = ()
    faults: tuple[StoryFault, ...] = ()

    @property
    def failed(self) -> int:
        return sum(bool(each.verdict.failures) for each in self.stories)


def try_files(files: Iterable[Path], stopwatch: Callable[[], float]) -> list[TriedFile]:
    """Play every story of these files; a file with a fault is not played, the others are."""
    books: dict[Path, Rulebook] = {}
    return [_try_file(file, books, stopwatch) for file in files]


def _try_file(file: Path, books: dict[Path, Rulebook], stopwatch: Callable[[], float]) -> TriedFile:
    try:
        read = read_file(file, books)
    except StoryFaults as refused:
        return TriedFile(file, faults=refused.faults)
    tried = []
    for story in read.stories:
        started = stopwatch()
        try:
            verdict = try_story(story, read.book)
        except RuleBroke as broke:
            verdict = Verdict(story, (Failure(story.line, f"the engine failed: {broke}"),), 0)
        tried.append(Tried(verdict, stopwatch() - started))
    return TriedFile(file, tuple(tried))
