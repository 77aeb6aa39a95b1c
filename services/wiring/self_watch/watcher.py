"""The watcher: when what is wrong is said outside, and when it is said to be over.

Pure: it is given what is wrong at an instant and answers what is to be said. A trouble that comes and goes is
one trouble: it begins when something has been wrong for long enough, if with breaks, and ends only when all
has been well for long enough.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """Which word of a trouble it is."""

    BEGUN = "begun"
    STILL = "still"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing that is wrong now. One that was made sure of before it is shown is said ``at_once``."""

    sentence: str
    at_once: bool = False


@dataclass(frozen=True, slots=True)
class Word:
    """What is to be said outside. ``began`` is by the stopwatch; the sentences are those that hold now."""

    stage: Stage
    began: float
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Patience:
    """In seconds: how long something is wrong before it is said, after how long all being well it is over,
    and how often it is said again meanwhile.
    """

    say_after: float
    over_after: float
    again_after: float


@dataclass(slots=True)
class _Seen:
    since: float
    last: float
    sentence: str
    is_said: bool = False


class Watcher:
    """Asked again and again, with the seconds of one stopwatch."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._seen: dict[str, _Seen] = {}
        self._began: float | None = None
        self._said = 0.0

    @property
    def is_in_trouble(self) -> bool:
        """Whether something was said to be wrong and not yet to be over."""
        return self._began is not None

    def has_said(self, name: str) -> bool:
        """Whether this is among what was said to be wrong."""
        return name in self._seen and self._seen[name].is_said

    def look(self, now: float, signs: Mapping[str, Sign]) -> Word | None:
        """What is to be said now, None: nothing."""
        self._forget(now, signs)
        ripe = False
        for name, sign in signs.items():
            seen = self._seen.setdefault(name, _Seen(now, now, sign.sentence))
            seen.last, seen.sentence = now, sign.sentence
            if not seen.is_said and (sign.at_once or now - seen.since >= self._patience.say_after):
                seen.is_said = ripe = True
        if ripe:
            if self._began is None:
                self._began = min(each.since for each in self._seen.values() if each.is_said)
            return self._word(Stage.BEGUN, now)
        if self._began is None:
            return None
        if not any(each.is_said for each in self._seen.values()):
            over, self._began = Word(Stage.OVER, self._began, ()), None
            return over
        if now - self._said >= self._patience.again_after:
            return self._word(Stage.STILL, now)
        return None

    def _forget(self, now: float, signs: Mapping[str, Sign]) -> None:
        for name in list(self._seen):
            if name not in signs and now - self._seen[name].last >= self._patience.over_after:
                del self._seen[name]

    def _word(self, stage: Stage, now: float) -> Word:
        self._said = now
        said = tuple(each.sentence for each in self._seen.values() if each.is_said)
        return Word(stage, self._began if self._began is not None else now, said)
