"""Batteries: full when they are put in, read twice a day, empty after months, and then the device is silent.

How long one lasts goes by the type of device (what makers promise, shortened as homes shorten it); seeded
dice decide how old it is when the story starts.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import heapify, heapreplace
from random import Random

from devices.simulator.acts import Saying

LASTS = {
    "call_button": timedelta(days=540),
    "bed_sensor": timedelta(days=365),
    "motion_sensor": timedelta(days=540),
    "door_sensor": timedelta(days=720),
    "fall_detector": timedelta(days=365),
    "leak_sensor": timedelta(days=720),
    "smoke_detector": timedelta(days=1800),
    "gas_detector": timedelta(days=1800),
}
"""From full to empty. What is not named has mains power and reads no battery."""
READ_EVERY = timedelta(hours=12)
LEAST_AT_START, MOST_AT_START = 45.0, 100.0
"""Percent: nobody begins a story with a battery that should have been changed long ago."""
MISSED_AFTER = timedelta(seconds=45)
"""One and a half times the usual keep-alive of 30 s: then the broker speaks a lost device's last will."""


@dataclass(frozen=True, slots=True)
class Battery:
    """One device's battery, as it runs down in a straight line. ``first_read_at`` sets when it is read."""

    device: str
    percent: float
    since: datetime
    dies_at: datetime
    first_read_at: datetime

    def percent_at(self, at: datetime) -> int:
        """Whole percent, as devices say it; 1 is the least that a living one says."""
        left = self.percent * ((self.dies_at - at) / (self.dies_at - self.since))
        return max(1, min(100, round(left)))


def batteries_of(devices: Iterable[tuple[str, str]], seed: int, since: datetime) -> dict[str, Battery]:
    """The batteries of devices (name, type) at the start of a story, by name."""
    return {name: _battery(name, LASTS[type_], seed, since) for name, type_ in devices if type_ in LASTS}


def _battery(name: str, lasts: timedelta, seed: int, since: datetime) -> Battery:
    dice = Random(f"{seed}/battery/{name}")
    percent = round(dice.uniform(LEAST_AT_START, MOST_AT_START), 1)
    first_read_at = since + timedelta(seconds=dice.randrange(int(READ_EVERY.total_seconds())))
    return Battery(name, percent, since, since + lasts * (percent / 100), first_read_at)


def reports(
    batteries: dict[str, Battery], starts_at: datetime, ends_at: datetime, every: timedelta = READ_EVERY
) -> Iterator[Saying]:
    """All readings in [start, end) in order of time, and, where a battery is empty, the last will of its
    device.
    """
    agenda = [
        (battery.first_read_at, name)
        for name, battery in batteries.items()
        if starts_at <= battery.first_read_at
    ]
    heapify(agenda)
    while agenda and agenda[0][0] < ends_at:
        at, name = agenda[0]
        battery = batteries[name]
        if at < battery.dies_at:
            data = {"percent": float(battery.percent_at(at))}
            yield Saying(at, name, f"b{int(at.timestamp())}", "device.battery", at, data)
            following = at + every
            gone_at = battery.dies_at + MISSED_AFTER
            heapreplace(agenda, (following if following < battery.dies_at else gone_at, name))
        else:
            yield Saying(at, name, f"w{int(at.timestamp())}", "device.offline", None)
            heapreplace(agenda, (datetime.max.replace(tzinfo=at.tzinfo), name))
