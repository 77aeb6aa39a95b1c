"""Presses that come more than once: a frightened person presses again and again, or a button that got no
answer sends the same press anew. The first makes up presses of their own (each is a call), the second copies
with the same id (they are one call). Nothing is taken away.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from random import Random
from typing import ClassVar

from devices.simulator.acts import Saying
from devices.simulator.instruments.perturbing import Misbehaviour, Quirk, milliseconds

PRESS = "call_button.pressed"


@dataclass(frozen=True, kw_only=True)
class PressedInARow(Misbehaviour):
    """Whoever presses does so ``times`` times within ``within`` seconds: each press has an id of its own."""

    name: ClassVar[str] = "press-in-a-row"
    times: int = 3
    within: float = 4.0

    def begins(self, device: str, dice: Random) -> Quirk:  # noqa: ARG002 - all buttons are pressed alike
        return _Again(self, dice, self.times, self.within, new=True)


@dataclass(frozen=True, kw_only=True)
class RepeatedPress(Misbehaviour):
    """The button sends each press ``times`` times within ``within`` seconds, with the same id and time."""

    name: ClassVar[str] = "repeats"
    times: int = 3
    within: float = 8.0

    def begins(self, device: str, dice: Random) -> Quirk:  # noqa: ARG002 - all buttons send alike
        return _Again(self, dice, self.times, self.within, new=False)


@dataclass(frozen=True, kw_only=True)
class RepeatsLast(Misbehaviour):
    """The button sends its newest press once more when the span begins: the same id and time."""

    name: ClassVar[str] = "repeat"

    def begins(self, device: str, dice: Random) -> Quirk:  # noqa: ARG002 - no dice in it
        return _OnceMore(self)


class _OnceMore(Quirk):
    def __init__(self, how: RepeatsLast) -> None:
        self._newest: Saying | None = None
        self.due_at = how.from_at

    def becomes(self, saying: Saying) -> Iterable[Saying]:
        if saying.kind == PRESS:
            self._newest = saying
        return (saying,)

    def wakes(self, at: datetime) -> Iterable[Saying]:
        self.due_at = None
        return () if self._newest is None else (replace(self._newest, at=at),)


class _Again(Quirk):
    def __init__(self, how: Misbehaviour, dice: Random, times: int, within: float, *, new: bool) -> None:
        self._how, self._dice, self._times, self._new = how, dice, times, new
        self._apart = within / max(times - 1, 1)

    def becomes(self, saying: Saying) -> Iterable[Saying]:
        yield saying
        if saying.kind != PRESS or not self._how.holds_at(saying.at):
            return
        at, since = saying.at, saying.occurred_at
        for number in range(1, self._times):
            passed = milliseconds(self._dice, self._apart / 2, self._apart)
            at += passed
            if self._new:
                since = None if since is None else since + passed
                yield replace(saying, at=at, id=f"{saying.id}p{number}", occurred_at=since)
            else:
                yield replace(saying, at=at)
