"""What lives come to over many nights, so that it can be held against what is known of people over 75. A
mixed community is measured: each shipped habit as often as it is met, spread over the year. Nothing here
draws dice of its own; what is measured is what `devices.simulator.lives.living` plays.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from statistics import fmean, median
from zoneinfo import ZoneInfo

from devices.simulator.acts import Act
from devices.simulator.lives.dice import dice_of
from devices.simulator.lives.form import life_of
from devices.simulator.lives.naps import nap_on
from devices.simulator.lives.nights import Rest, hours_of, night_of
from devices.simulator.lives.outs import Why
from devices.simulator.lives.person import Person, person_of
from devices.simulator.lives.rhythm import rises_at
from devices.simulator.lives.spells import BLOCK_DAYS, HOSPITAL, Spells
from devices.simulator.lives.vitals import vitals_of

COMMUNITY: Mapping[str, int] = {
    "steady": 11,
    "restless": 3,
    "early_riser": 2,
    "night_owl": 1,
    "often_away": 1,
    "frail": 2,
}
"""Of twenty people so many live by that habit (assumption)."""
NIGHTS_EACH = 20
ZONE = ZoneInfo("Asia/Shanghai")
BEGINS = date(2025, 1, 4)
LONG_AWAKE = 300
"""Seconds from which a time awake is counted."""
EVERY_DAYS = 18
"""Twenty nights so far apart fill a year."""
BLOCKS_EACH = 13 * 20
"""Seldom things are counted over twenty years of each person."""


@dataclass(slots=True)
class Measured:
    """One list of values for each figure."""

    values: dict[str, list[float]] = field(default_factory=dict)

    def add(self, key: str, value: float) -> None:
        self.values.setdefault(key, []).append(value)

    def middle(self, key: str) -> float:
        return median(self.values[key])

    def mean(self, key: str) -> float:
        return fmean(self.values[key])


def measure(nights: int, seed: int | str) -> Measured:
    """So many nights of well people, and the seldom things of the same people."""
    found = Measured()
    for person, spells in _people(-(-nights // NIGHTS_EACH), seed):
        for number in range(NIGHTS_EACH):
            _night(found, person, spells, BEGINS + timedelta(days=number * EVERY_DAYS))
        _seldom(found, spells)
    return found


def _people(count: int, seed: int | str) -> Iterator[tuple[Person, Spells]]:
    habits = [habit for habit, share in COMMUNITY.items() for _ in range(share)]
    for number in range(count):
        life = life_of(habits[number * 7 % len(habits)])
        person = person_of(f"person-{number + 1}", life, seed, ZONE, BEGINS)
        yield person, Spells(person)


def _night(found: Measured, person: Person, spells: Spells, evening: date) -> None:
    """A night of somebody who is well; the nights of the ill are not what the figures are about."""
    hours = hours_of(person, spells, evening)
    if spells.ills(hours.bed_at, hours.rises_at):
        return
    night = night_of(person, spells, hours)
    asleep_from = night.awake[0][1]
    found.add("in_bed", night.length / 3600)
    found.add("asleep", night.asleep_for / 3600)
    found.add("efficiency", 100 * night.asleep_for / night.length)
    found.add("falls_asleep", asleep_from / 60)
    between = [(since, until) for since, until in night.awake[1:-1]]
    found.add("awake", sum(until - since for since, until in between) / 60)
    found.add("wakes", sum(1 for since, until in between if until - since >= LONG_AWAKE))
    trips = [out for out in night.outs if out.why is Why.TOILET]
    found.add("up_once", 100.0 * bool(trips))
    found.add("up_twice", 100.0 * (len(trips) > 1))
    for out in trips:
        found.add("trip", (out.until - out.since) / 60)
    _rates(found, person, night)
    nap = nap_on(person, spells, evening, rises_at(person, spells, evening), hours.bed_at)
    found.add("naps", 100.0 * (nap is not None))
    if nap is not None:
        found.add("nap", nap.length / 60)


def _rates(found: Measured, person: Person, night: Rest) -> None:
    readings = vitals_of(
        person, night, (), dice_of(person.seed, "vitals", person.name, int(night.at.timestamp()))
    )
    asleep = [act for act in readings if not _is_awake(night, act)]
    awake = [act for act in readings if _is_awake(night, act)]
    if asleep and awake:
        slow, fast = _mean(asleep, "heart_rate"), _mean(awake, "heart_rate")
        found.add("heart", slow)
        found.add("dip", 100 * (1 - slow / fast))
        found.add("breath", _mean(asleep, "respiration_rate"))


def _is_awake(night: Rest, act: Act) -> bool:
    second = (act.at - night.at).total_seconds()
    return any(since <= second < until for since, until in night.awake)


def _mean(acts: list[Act], key: str) -> float:
    return fmean(float(act.data[key]) for act in acts)


def _seldom(found: Measured, spells: Spells) -> None:
    first = BEGINS.toordinal() // BLOCK_DAYS
    blocks = [spells.block(number) for number in range(first, first + BLOCKS_EACH)]
    years = BLOCKS_EACH * BLOCK_DAYS / 365.25
    stays = [away for block in blocks for away in block.absences if away.reason == HOSPITAL]
    found.add("falls", sum(len(block.falls) for block in blocks) / years)
    found.add("ills", sum(len(block.ills) for block in blocks) / years)
    found.add("hospital", len(stays) / years)
    found.add("presses", sum(len(block.presses) for block in blocks) / years / 12)
    days = (away.until_at - away.since_at for block in blocks for away in block.absences)
    found.add("away", sum(each.total_seconds() for each in days) / 86400 / years)
    for stay in stays:
        found.add("stay", (stay.until_at - stay.since_at).total_seconds() / 86400)
