"""A gateway that was down: what is said behind it is kept and comes as a batch when the gateway is back, in
order or out of order. The devices behind it are lost to the broker meanwhile (their last will), or nobody
notices that they are silent. Without an end to it, what is said is lost.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import ClassVar

from devices.simulator.acts import Saying
from devices.simulator.instruments.batteries import MISSED_AFTER
from devices.simulator.instruments.perturbing import Misbehaviour, Quirk

APART = timedelta(milliseconds=20)
"""Between two messages of a batch: as fast as a gateway hands over what it kept."""


@dataclass(frozen=True, kw_only=True)
class LateBatch(Misbehaviour):
    """Nothing comes through until the end of the span; then everything does, with its own times.

    ``silent``: the broker keeps no watch over the devices, and says nothing of their being gone.
    """

    name: ClassVar[str] = "gateway-down"
    silent: bool = False
    mixed: bool = False

    def begins(self, device: str, dice: Random) -> Quirk:
        return _Held(self, device, dice)


class _Held(Quirk):
    def __init__(self, how: LateBatch, device: str, dice: Random) -> None:
        self._how, self._device, self._dice = how, device, dice
        self._kept: list[Saying] = []
        self._missed = False
        lost_at = how.from_at + MISSED_AFTER
        self._tells_loss = not how.silent and lost_at < how.until_at
        self.due_at = lost_at if self._tells_loss else how.until_at

    def becomes(self, saying: Saying) -> Iterable[Saying]:
        if not self._how.holds_at(saying.at):
            return (saying,)
        self._kept.append(saying)
        return ()

    def wakes(self, at: datetime) -> Iterable[Saying]:
        if at < self._how.until_at:
            self.due_at, self._missed = self._how.until_at, True
            return (self._presence(at, "device.offline"),)
        self.due_at = None
        if self._how.mixed:
            self._dice.shuffle(self._kept)
        back = [self._presence(at, "device.online")] if self._missed else []
        return [*back, *(replace(each, at=at + APART * n) for n, each in enumerate(self._kept))]

    def _presence(self, at: datetime, kind: str) -> Saying:
        return Saying(at, self._device, f"{kind[7:]}-{int(at.timestamp())}", kind, None)
