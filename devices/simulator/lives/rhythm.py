"""When somebody goes to bed and rises on a day: their own hours, moved by the day's dice, the season, the day
of the week and illness. Evening and morning have dice of their own, so that each can be known without the
other.
"""

from datetime import date, datetime, timedelta
from math import cos, pi

from devices.simulator.lives.dice import dice_of, jitter
from devices.simulator.lives.form import Weekday
from devices.simulator.lives.person import Person
from devices.simulator.lives.spells import Spells

WEEKDAYS: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MIDWINTER = 355
"""The day of the year of the longest night (northern half)."""
IN_THE_EVENING = 0.4
"""The share of the longer winter night that lies in the evening (assumption)."""
MARKET_RISES_EARLIER, REST_RISES_LATER, FAMILY_STAYS_UP = 15.0, 30.0, 25.0
"""Minutes (assumption)."""
FARTHEST = 75.0
"""Minutes that the dice move a day at most, so that day and night stay apart."""


def special(person: Person, day: date) -> str | None:
    """What is special about the day of the week."""
    weekly = person.life.weekly
    return weekly.get(WEEKDAYS[day.weekday()]) if weekly else None


def bed_at(person: Person, spells: Spells, day: date) -> datetime:
    """When they go to bed in the evening of a day, perhaps after midnight."""
    dice = dice_of(person.seed, "evening", person.name, day)
    minutes = person.bed_minute - IN_THE_EVENING * _longer_by(person, day)
    minutes += jitter(dice, person.life.varies.total_seconds() / 60, FARTHEST)
    if special(person, day) == "family":
        minutes += FAMILY_STAYS_UP
    ill_by = dice.uniform(19.5 * 60, 20.5 * 60)
    if minutes > ill_by and _kept_in_bed(person, spells, day, ill_by):
        minutes = ill_by
    return person.at(day, minutes)


def rises_at(person: Person, spells: Spells, day: date) -> datetime:
    """When they get up in the morning of a day."""
    dice = dice_of(person.seed, "morning", person.name, day)
    minutes = person.rise_minute + (1 - IN_THE_EVENING) * _longer_by(person, day)
    minutes += jitter(dice, person.life.varies.total_seconds() / 60, FARTHEST)
    match special(person, day):
        case "market":
            minutes -= MARKET_RISES_EARLIER
        case "rest":
            minutes += REST_RISES_LATER
        case _:
            pass
    ill_until = dice.uniform(10 * 60, 12 * 60)
    if minutes < ill_until and _kept_in_bed(person, spells, day, minutes):
        minutes = ill_until
    return person.at(day, minutes)


def _longer_by(person: Person, day: date) -> float:
    """Minutes that the night is longer than over the year."""
    turned = 2 * pi * (day.timetuple().tm_yday - MIDWINTER) / 365.25
    return person.life.winter.total_seconds() / 120 * cos(turned)


def _kept_in_bed(person: Person, spells: Spells, day: date, minutes: float) -> bool:
    at = person.at(day, minutes)
    return any(ill.keeps_in_bed for ill in spells.ills(at, at + timedelta(seconds=1)))
