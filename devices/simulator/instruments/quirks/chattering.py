"""A mat that chatters: somebody lies at its edge, and its contact opens and closes for seconds at a time.

It makes up exits and entries, only while somebody lies on it, and around a real exit; it takes nothing away,
and at the end of its span shows again how things are.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from random import Random
from typing import ClassVar

from devices.simulator.acts import Saying
from devices.simulator.instruments.perturbing import Misbehaviour, Quirk, milliseconds

IN, OUT = "bed.entered", "bed.exited"
BOUNCES = (1.0, 4.0)
"""Seconds between the bounces of a real exit."""


@dataclass(frozen=True, kw_only=True)
class Chattering(Misbehaviour):
    """The contact of a bed sensor bounces: once in ``least`` to ``most`` seconds it shows the other state."""

    name: ClassVar[str] = "chatter"
    least: float = 2.0
    most: float = 20.0

    def begins(self, device: str, dice: Random) -> Quirk:  # noqa: ARG002 - all mats chatter alike
        return _Chatter(self, dice)


class _Chatter(Quirk):
    def __init__(self, how: Chattering, dice: Random) -> None:
        self._how = how
        self._dice = dice
        self._last: Saying | None = None
        self._shown = IN
        self._made = 0

    def becomes(self, saying: Saying) -> Iterable[Saying]:
        if saying.kind not in (IN, OUT):
            return (saying,)
        self._last, self._shown, self._made = saying, saying.kind, 0
        lies = saying.kind == IN
        self.due_at = self._next(max(saying.at, self._how.from_at)) if lies else None
        return (saying, *(() if lies else self._bounces(saying)))

    def wakes(self, at: datetime) -> Iterable[Saying]:
        self._shown = OUT if self._shown == IN else IN
        said = [self._says(at, self._shown)]
        self.due_at = self._next(at)
        if self.due_at is None and self._shown == OUT:
            self._shown = IN
            said.append(self._says(at + (self._how.until_at - at) / 2, IN))
        return said

    def _next(self, at: datetime) -> datetime | None:
        due_at = at + milliseconds(self._dice, self._how.least, self._how.most)
        return due_at if due_at < self._how.until_at else None

    def _bounces(self, saying: Saying) -> list[Saying]:
        in_at = saying.at + milliseconds(self._dice, *BOUNCES)
        out_at = in_at + milliseconds(self._dice, *BOUNCES)
        if not self._how.holds_at(saying.at) or out_at >= self._how.until_at:
            return []
        return [self._says(in_at, IN), self._says(out_at, OUT)]

    def _says(self, at: datetime, kind: str) -> Saying:
        assert self._last is not None  # noqa: S101 - nothing is due before something was said
        self._made += 1
        own_id = f"{self._last.id}c{self._made}"
        return replace(self._last, at=at, id=own_id, kind=kind, occurred_at=at, data={})
