"""Everybody goes away and comes back at once, again and again: a router that restarts, a broker that throws
its clients out. Presence is made up; what is said in between waits until the device is back.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import ClassVar

from devices.simulator.acts import Saying
from devices.simulator.instruments.perturbing import Misbehaviour, Quirk

AWAY_FOR = timedelta(seconds=2)
EVERY = timedelta(seconds=10)


@dataclass(frozen=True, kw_only=True)
class ReconnectStorm(Misbehaviour):
    """``times`` times, every 10 s from the start of the span on, each device is lost and is back 2 s later.

    Being lost and being back are sayings (`device.offline`, `device.online`): whoever carries them breaks the
    connection and makes it anew, so that the broker speaks the last will. A span that is too short holds
    fewer.
    """

    name: ClassVar[str] = "reconnects"
    times: int = 5

    def begins(self, device: str, dice: Random) -> Quirk:  # noqa: ARG002 - all at once, so without dice
        return _Reconnects(self, device)


class _Reconnects(Quirk):
    def __init__(self, how: ReconnectStorm, device: str) -> None:
        self._how, self._device = how, device
        self._left = how.times
        self._kept: list[Saying] = []
        self._back_at: datetime | None = None
        self.due_at = how.from_at

    def becomes(self, saying: Saying) -> Iterable[Saying]:
        if self._back_at is None:
            return (saying,)
        self._kept.append(saying)
        return ()

    def wakes(self, at: datetime) -> Iterable[Saying]:
        stamp = int(at.timestamp())
        if self._back_at is None:
            if at + AWAY_FOR > self._how.until_at:
                self.due_at = None
                return ()
            self._left -= 1
            self.due_at = self._back_at = at + AWAY_FOR
            return (Saying(at, self._device, f"offline-{stamp}", "device.offline", None),)
        self._back_at = None
        self.due_at = at - AWAY_FOR + EVERY if self._left else None
        kept, self._kept = self._kept, []
        back = Saying(at, self._device, f"online-{stamp}", "device.online", None)
        return (back, *(replace(each, at=at) for each in kept))
