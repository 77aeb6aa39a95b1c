"""A device that floods: a loose wire or a wrong setting makes it report many times a second. Readings are
made up, by themselves and beside what it says.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import ClassVar

from devices.simulator.acts import Saying
from devices.simulator.instruments.perturbing import Misbehaviour, Quirk

READINGS = ("bed.vitals", "motion.detected", "device.battery")


@dataclass(frozen=True, kw_only=True)
class Flood(Misbehaviour):
    """Its newest reading, ``a_second`` times a second; a battery of 50 % where it has said none yet."""

    name: ClassVar[str] = "flood"
    a_second: int = 50

    def begins(self, device: str, dice: Random) -> Quirk:  # noqa: ARG002 - no dice in it
        return _Floods(self, device)


class _Floods(Quirk):
    def __init__(self, how: Flood, device: str) -> None:
        self._how, self._device = how, device
        self._kind = "device.battery"
        self._data: Mapping[str, float | str] = {"percent": 50.0}
        self._said = 0
        self.due_at = how.from_at

    def becomes(self, saying: Saying) -> Iterable[Saying]:
        if saying.kind in READINGS:
            self._kind, self._data = saying.kind, saying.data
        return (saying,)

    def wakes(self, at: datetime) -> Iterable[Saying]:
        self._said += 1
        following = self._how.from_at + timedelta(seconds=self._said / self._how.a_second)
        self.due_at = following if following < self._how.until_at else None
        own_id = f"f{int(self._how.from_at.timestamp())}-{self._said}"
        return (Saying(at, self._device, own_id, self._kind, at, self._data),)
