"""In and out of the house, and about in it: what door and motion sensors see. Errands, the market and guests
by day; at night the way to the toilet, and a walk out of the house.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from random import Random

from devices.simulator.acts import Act
from devices.simulator.lives.dice import dice_of, times
from devices.simulator.lives.nights import Rest
from devices.simulator.lives.outs import Out, Why
from devices.simulator.lives.person import Person
from devices.simulator.lives.rhythm import special

DOOR, MOTION = "door_sensor", "motion_sensor"
OPEN_FOR = timedelta(seconds=9)
OUT_FOR = (15 * 60, 130 * 60)
MARKET = (8.7 * 60, 11.5 * 60)
GUESTS = (10.5 * 60, 16 * 60)
LAST_HOME = 18.5 * 60
"""Minutes after midnight (assumption)."""
MOVES_EVERY = 25 * 60.0
"""Mean seconds between two movements that a sensor sees by day (assumption)."""
TO_THE_DOOR = timedelta(minutes=4)

Times = list[tuple[datetime, datetime]]


def outings_on(person: Person, day: date, up_at: datetime, bed_at: datetime, nap: Rest | None) -> Times:
    """When somebody is out of the house on a day; apart, and never in bed."""
    dice = dice_of(person.seed, "outing", person.name, day)
    first, last = (
        up_at + timedelta(minutes=40),
        min(bed_at - timedelta(minutes=60), person.at(day, LAST_HOME)),
    )
    found: Times = []
    if special(person, day) == "market":
        late = dice_of(person.seed, "market", person.name, day)
        found.append((person.at(day, late.gauss(MARKET[0], 12)), person.at(day, late.gauss(MARKET[1], 20))))
    room = (last - first).total_seconds()
    for _ in range(times(dice, person.life.outings_a_day)):
        since = first + timedelta(seconds=int(dice.random() * max(room, 0)))
        found.append((since, since + timedelta(seconds=int(dice.uniform(*OUT_FOR)))))
    taken: Times = [(nap.at, nap.at + timedelta(seconds=nap.length))] if nap else []
    kept: Times = []
    for since, until in found:
        if first <= since and until <= last and all(until < start or end < since for start, end in taken):
            taken.append((since, until))
            kept.append((since, until))
    return sorted(kept)


def door_acts(person: Person, day: date, up_at: datetime, outings: Times) -> Iterator[Act]:
    for since, until in outings:
        yield from _through(person.name, since)
        yield from _through(person.name, until)
    guests = [person.at(day, minutes) for minutes in GUESTS] if special(person, day) == "family" else []
    if guests and guests[0] > up_at:
        for at in guests:
            yield from _through(person.name, at)


def motion_acts(
    person: Person, dice: Random, up_at: datetime, bed_at: datetime, elsewhere: Times
) -> Iterator[Act]:
    """Movements in the home by day, while nobody lies in bed or is out."""
    at = up_at + timedelta(seconds=40)
    while at < bed_at - timedelta(seconds=30):
        if not any(since <= at < until for since, until in elsewhere):
            yield Act(at, person.name, "motion.detected", MOTION)
        at += timedelta(seconds=int(dice.expovariate(1 / MOVES_EVERY)) + 60)


def night_acts(person: Person, began_at: datetime, outs: Sequence[Out]) -> Iterator[Act]:
    """What the sensors of the house see of the trips of a night."""
    for out in outs:
        up_at, back_at = (began_at + timedelta(seconds=each) for each in (out.since, out.until))
        yield Act(up_at + timedelta(seconds=20), person.name, "motion.detected", MOTION)
        if out.why is Why.WANDERS:
            yield from _through(person.name, up_at + TO_THE_DOOR)
            yield from _through(person.name, back_at - TO_THE_DOOR)


def _through(name: str, at: datetime) -> Iterator[Act]:
    yield Act(at, name, "door.opened", DOOR)
    yield Act(at + OPEN_FOR, name, "door.closed", DOOR)
