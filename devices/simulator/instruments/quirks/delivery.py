"""What lines do to messages on their way: delivered twice (QoS 1 says at least once), or one overtaken by
another. Nothing is lost and nothing made up; a copy is the same message, a late one claims its own time.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from random import Random
from typing import ClassVar

from devices.simulator.acts import Saying
from devices.simulator.instruments.perturbing import Misbehaviour, Quirk, milliseconds


@dataclass(frozen=True, kw_only=True)
class Duplicates(Misbehaviour):
    """A ``share`` of what is said comes once more, up to ``within`` seconds later."""

    name: ClassVar[str] = "duplicates"
    share: float = 1.0
    within: float = 2.0

    def begins(self, device: str, dice: Random) -> Quirk:  # noqa: ARG002 - all lines are alike
        return _Twice(self, dice)


class _Twice(Quirk):
    def __init__(self, how: Duplicates, dice: Random) -> None:
        self._how, self._dice = how, dice

    def becomes(self, saying: Saying) -> Iterable[Saying]:
        if not self._how.holds_at(saying.at) or self._dice.random() >= self._how.share:
            return (saying,)
        return (saying, replace(saying, at=saying.at + milliseconds(self._dice, 0.02, self._how.within)))


@dataclass(frozen=True, kw_only=True)
class OutOfOrder(Misbehaviour):
    """Each message is up to ``within`` seconds late, by itself, so that later ones overtake it."""

    name: ClassVar[str] = "out-of-order"
    within: float = 90.0

    def begins(self, device: str, dice: Random) -> Quirk:  # noqa: ARG002 - all lines are alike
        return _Late(self, dice)


class _Late(Quirk):
    def __init__(self, how: OutOfOrder, dice: Random) -> None:
        self._how, self._dice = how, dice

    def becomes(self, saying: Saying) -> Iterable[Saying]:
        if not self._how.holds_at(saying.at):
            return (saying,)
        return (replace(saying, at=saying.at + milliseconds(self._dice, 0.0, self._how.within)),)
