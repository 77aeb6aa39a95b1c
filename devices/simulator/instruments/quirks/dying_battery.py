"""A battery at its end: it is read lower and lower, then the device is silent until a new one is put in. What
would be said in the silence is lost; readings of the battery are made up.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import ClassVar

from devices.simulator.acts import Saying
from devices.simulator.instruments.batteries import MISSED_AFTER
from devices.simulator.instruments.perturbing import Misbehaviour, Quirk

READINGS = 6
"""How often it is read on its way down."""


@dataclass(frozen=True, kw_only=True)
class DyingBattery(Misbehaviour):
    """From ``percent`` to nothing in ``lasts``; at the end of the span a new battery is put in."""

    name: ClassVar[str] = "battery-dies"
    lasts: timedelta = timedelta(hours=3)
    percent: float = 12.0

    def begins(self, device: str, dice: Random) -> Quirk:  # noqa: ARG002 - a straight line
        return _RunsDown(self, device)


class _RunsDown(Quirk):
    def __init__(self, how: DyingBattery, device: str) -> None:
        self._how, self._device = how, device
        self._dies_at = how.from_at + how.lasts
        self._missed = False
        self.due_at = how.from_at

    def becomes(self, saying: Saying) -> Iterable[Saying]:
        if not self._how.holds_at(saying.at):
            return (saying,)
        if saying.at >= self._dies_at:
            return ()
        if saying.kind == "device.battery":
            return (replace(saying, data={"percent": self._percent_at(saying.at)}),)
        return (saying,)

    def wakes(self, at: datetime) -> Iterable[Saying]:
        stamp = int(at.timestamp())
        if at >= self._how.until_at:
            self.due_at = None
            back = Saying(at, self._device, f"online-{stamp}", "device.online", None)
            full = Saying(at, self._device, f"d{stamp}", "device.battery", at, {"percent": 100.0})
            return (back, full) if self._missed else (full,)
        if at >= self._dies_at:
            self.due_at, self._missed = self._how.until_at, True
            return (Saying(at, self._device, f"offline-{stamp}", "device.offline", None),)
        following = at + self._how.lasts / READINGS
        due_at = following if following < self._dies_at else self._dies_at + MISSED_AFTER
        self.due_at = min(due_at, self._how.until_at)
        data = {"percent": self._percent_at(at)}
        return (Saying(at, self._device, f"d{stamp}", "device.battery", at, data),)

    def _percent_at(self, at: datetime) -> float:
        return float(max(1, round(self._how.percent * ((self._dies_at - at) / self._how.lasts))))
