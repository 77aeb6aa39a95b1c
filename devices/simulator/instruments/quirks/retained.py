"""A button that has its presses retained: the broker keeps the last one and hands it to whoever subscribes
anew, as if somebody pressed then. Here only the flag is set; the copy comes when the service subscribes anew.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from random import Random
from typing import ClassVar

from devices.simulator.acts import Saying
from devices.simulator.instruments.perturbing import Misbehaviour, Quirk


@dataclass(frozen=True, kw_only=True)
class Retained(Misbehaviour):
    """All that a device says is published with the flag that keeps it at the broker."""

    name: ClassVar[str] = "retained"

    def begins(self, device: str, dice: Random) -> Quirk:  # noqa: ARG002 - no dice in it
        return _Retains(self)


class _Retains(Quirk):
    def __init__(self, how: Retained) -> None:
        self._how = how

    def becomes(self, saying: Saying) -> Iterable[Saying]:
        return (replace(saying, retained=True) if self._how.holds_at(saying.at) else saying,)
