"""The rest after noon, and the day in bed of somebody who is ill."""

from datetime import date, datetime, timedelta

from devices.simulator.lives.dice import around, dice_of, jitter
from devices.simulator.lives.nights import Rest, nap_of
from devices.simulator.lives.person import Person
from devices.simulator.lives.rhythm import special
from devices.simulator.lives.spells import Spells

SPREAD, SHORTEST, LONGEST = 0.35, 15 * 60, 150 * 60
ILL_RESTS = (2.5 * 3600, 4.5 * 3600)
"""Seconds in bed by day of somebody who is ill (assumption)."""
BUSY = ("market", "family")
"""Days without a rest; it is taken on the others instead."""
AFTER_RISING, BEFORE_BED = timedelta(minutes=45), timedelta(minutes=60)


def nap_on(person: Person, spells: Spells, day: date, up_at: datetime, bed_at: datetime) -> Rest | None:
    """The rest of a day between rising and going to bed, if there is one and room for it."""
    dice = dice_of(person.seed, "nap", person.name, day)
    free = 7 - sum(each in BUSY for each in person.life.weekly.values())
    naps = dice.random() * free < person.life.naps_a_week and special(person, day) not in BUSY
    at = person.at(day, person.nap_minute + jitter(dice, 15, 30))
    length = around(dice, person.life.nap_for.total_seconds(), SPREAD, SHORTEST, LONGEST)
    ill_for = dice.uniform(*ILL_RESTS)
    if any(ill.keeps_in_bed for ill in spells.ills(at, at + timedelta(seconds=1))):
        naps, length = True, ill_for
    at = max(at, up_at + AFTER_RISING)
    length = min(length, (bed_at - BEFORE_BED - at).total_seconds())
    return nap_of(dice, at, int(length)) if naps and length >= SHORTEST else None
