"""Out of bed in the night: to the toilet, again and again when ill, out of the house when confused, and once
in a while a fall on the way. All lengths are seconds from going to bed.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import exp
from random import Random

from devices.simulator.lives.dice import around, dice_of, times
from devices.simulator.lives.hours import Hours
from devices.simulator.lives.person import Person
from devices.simulator.lives.spells import Ill, Spells

MINUTE, HOUR = 60, 3600
APART = 40 * MINUTE
"""Between two trips of somebody who is well (assumption)."""
TRIP_SPREAD, SHORTEST_TRIP, LONGEST_TRIP = 0.4, 75, 25 * MINUTE
"""Assumption: nobody measured it; most take some minutes, and few a quarter of an hour."""
ILL_APART_AT_FIRST, ILL_APART_LATER = (14 * MINUTE, 30 * MINUTE), (45 * MINUTE, 90 * MINUTE)
ILL_AT_FIRST = 4 * HOUR
"""After the case of the field: one bed exit after another within two hours; hours later it calms down."""
WANDERS = (25 * MINUTE, 80 * MINUTE)
LIES = (35 * MINUTE, 75 * MINUTE)
"""After a fall at night, until somebody comes or they get up (assumption)."""
FALLS_AT_NIGHT = 0.3
"""The share of falls that happen on the way at night (assumption)."""


class Why(StrEnum):
    """Why somebody is out of bed."""

    TOILET = "toilet"
    ILL = "ill"
    WANDERS = "wanders"
    FALLS = "falls"


@dataclass(frozen=True, slots=True)
class Out:
    """Out of bed, from and to in seconds after going to bed."""

    since: int
    until: int
    why: Why


def outs_of(person: Person, spells: Spells, hours: Hours, asleep: float, awake: float) -> tuple[Out, ...]:
    """All trips of a night, in order and apart; they lie between falling asleep and the last waking, but for
    those of an illness.
    """
    dice = dice_of(person.seed, "out", person.name, hours.evening)
    found = [out for ill in _sick(spells, hours) for out in _ill_outs(dice, hours, ill)]
    if dice.random() * 30 < person.life.wanders_a_month and awake - asleep > 4 * HOUR:
        since = dice.uniform(asleep + HOUR, awake - 2 * HOUR)
        found.append(Out(int(since), int(since + dice.uniform(*WANDERS)), Why.WANDERS))
    for _ in range(times(dice, person.toilet)):
        since, share = dice.random(), dice.gauss(0, TRIP_SPREAD)
        trip = _trip(person, asleep + APART + since * (awake - asleep - APART), share)
        if trip.until < awake:
            found.append(trip)
    kept: list[Out] = []
    for out in found:
        if all(_apart(out, other) for other in kept):
            kept.append(out)
    kept.sort(key=lambda out: out.since)
    return tuple(_with_a_fall(person, spells, hours.evening, dice, kept, hours.length))


def falls_at_night(person: Person, day: date) -> bool:
    """Whether the fall of a day, if there is one, is one of the night that follows."""
    return dice_of(person.seed, "fall", person.name, day).random() < FALLS_AT_NIGHT


def _trip(person: Person, since: float, share: float) -> Out:
    length = min(max(person.life.out_for.total_seconds() * exp(share), SHORTEST_TRIP), LONGEST_TRIP)
    return Out(int(since), int(since + length), Why.TOILET)


def _apart(one: Out, other: Out) -> bool:
    gap = MINUTE if one.why == other.why == Why.ILL else APART
    return one.until + gap <= other.since or other.until + gap <= one.since


def _sick(spells: Spells, hours: Hours) -> list[Ill]:
    return [ill for ill in spells.ills(hours.bed_at, hours.rises_at) if ill.kind == "diarrhoea"]


def _ill_outs(dice: Random, hours: Hours, ill: Ill) -> list[Out]:
    begins = (ill.since_at - hours.bed_at).total_seconds()
    ends = min((ill.until_at - hours.bed_at).total_seconds(), hours.length)
    outs: list[Out] = []
    at = max(begins, 0.0) + dice.uniform(2 * MINUTE, 15 * MINUTE)
    while True:
        until = at + around(dice, 6 * MINUTE, 0.4, 90, 15 * MINUTE)
        if until + 2 * MINUTE >= ends:
            return outs
        outs.append(Out(int(at), int(until), Why.ILL))
        at = until + dice.uniform(*(ILL_APART_AT_FIRST if at - begins < ILL_AT_FIRST else ILL_APART_LATER))


def _with_a_fall(
    person: Person, spells: Spells, evening: date, dice: Random, outs: list[Out], length: int
) -> list[Out]:
    """One of the trips ends on the floor; those that would have come meanwhile do not happen."""
    if not outs or not spells.falls_on(evening) or not falls_at_night(person, evening):
        return outs
    number = dice.randrange(len(outs))
    since = outs[number].since
    until = min(int(since + dice.uniform(*LIES)), length - 2 * MINUTE)
    if until <= outs[number].until:
        return outs
    return [
        *outs[:number],
        Out(since, until, Why.FALLS),
        *(out for out in outs[number + 1 :] if out.since > until + MINUTE),
    ]
