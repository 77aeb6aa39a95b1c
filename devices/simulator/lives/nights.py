"""A time in bed, asleep and awake: a night, or the rest after noon. What is on the mat, and how deep the
sleep is; what the mat makes of it stands in `devices.simulator.lives.vitals`. Lengths are seconds from
lying down.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from devices.simulator.lives.dice import around, dice_of, times
from devices.simulator.lives.hours import Hours
from devices.simulator.lives.outs import Out, outs_of
from devices.simulator.lives.person import Person
from devices.simulator.lives.rhythm import bed_at, rises_at
from devices.simulator.lives.spells import Spells

MINUTE = 60
DOZES_OFF_AGAIN = 7 * MINUTE
"""Median time awake in bed after a trip (assumption)."""
AWAKE_SPREAD = 0.7
"""How much lengths awake differ from one another (assumption)."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Rest:
    """One time in bed. ``awake`` holds every stretch awake in bed or out of it, in order and apart, the first
    and the last among them; ``outs`` those out of bed.
    """

    at: datetime
    length: int
    awake: tuple[tuple[int, int], ...]
    outs: tuple[Out, ...] = ()

    @property
    def asleep_for(self) -> int:
        return self.length - sum(until - since for since, until in self.awake)


def hours_of(person: Person, spells: Spells, evening: date) -> Hours:
    return Hours(evening, bed_at(person, spells, evening), rises_at(person, spells, evening + _DAY))


def night_of(person: Person, spells: Spells, hours: Hours) -> Rest:
    """The night that begins in the evening of a day."""
    dice, life, length = dice_of(person.seed, "sleep", person.name, hours.evening), person.life, hours.length
    asleep = around(dice, life.falls_asleep_in.total_seconds(), 0.6, MINUTE, length / 4)
    awake = length - around(dice, life.lies_awake.total_seconds(), 0.7, MINUTE, length / 4)
    outs = outs_of(person, spells, hours, asleep, awake)
    stretches = [(0.0, asleep), (awake, float(length))]
    stretches += [
        (out.since, out.until + around(dice, DOZES_OFF_AGAIN, AWAKE_SPREAD, 30, 3600)) for out in outs
    ]
    stretches += _wakes(dice, person, asleep, awake)
    return Rest(hours.bed_at, length, _joined(stretches, length), outs)


def nap_of(dice: Random, at: datetime, length: int) -> Rest:
    asleep = around(dice, 9 * MINUTE, 0.6, MINUTE, length / 3)
    awake = length - around(dice, 6 * MINUTE, 0.7, MINUTE, length / 3)
    return Rest(at, length, _joined([(0.0, asleep), (awake, float(length))], length))


def _wakes(dice: Random, person: Person, asleep: float, awake: float) -> list[tuple[float, float]]:
    found = []
    for _ in range(times(dice, person.life.wakes_at_night)):
        since = dice.uniform(asleep, awake)
        found.append(
            (since, since + around(dice, person.life.awake_for.total_seconds(), AWAKE_SPREAD, 30, 5400))
        )
    return found


def _joined(stretches: list[tuple[float, float]], length: int) -> tuple[tuple[int, int], ...]:
    joined: list[tuple[int, int]] = []
    for since, until in sorted(stretches):
        start, end = int(since), min(int(until), length)
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], end)
        else:
            joined.append((start, end))
    return tuple(joined)
