"""What lasts longer than a day or comes seldom: illness, absence, falls, presses. Four weeks at a time have
dice of their own, and nothing of these reaches over their end, so that any day can be lived without the
days before it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from devices.simulator.lives.dice import around, dice_of, times
from devices.simulator.lives.form import IllnessKind
from devices.simulator.lives.person import Person

BLOCK_DAYS = 28
_OF_A_YEAR = BLOCK_DAYS / 365.25
_OF_A_MONTH = BLOCK_DAYS * 12 / 365.25
HOSPITAL = "hospital"
FAMILY = "family"
KINDS: tuple[IllnessKind, ...] = ("diarrhoea", "fever", "weakness", "chest")
WEIGHTS = (40, 35, 15, 10)
HOURS: dict[IllnessKind, tuple[float, float]] = {
    "diarrhoea": (6, 30),
    "fever": (20, 70),
    "weakness": (24, 72),
    "chest": (48, 110),
}
"""How long each lasts, in hours."""


@dataclass(frozen=True, slots=True)
class Ill:
    """An illness from an instant to another."""

    kind: IllnessKind
    since_at: datetime
    until_at: datetime
    presses: bool = False

    @property
    def keeps_in_bed(self) -> bool:
        return self.kind != "diarrhoea"

    def strength(self, at: datetime) -> float:
        """From 0 to 1: it comes on in a few hours at most, and wanes over its last third."""
        lasts_for = (self.until_at - self.since_at).total_seconds()
        gone = (at - self.since_at).total_seconds()
        if not 0 <= gone < lasts_for:
            return 0.0
        return min(1.0, gone / min(4 * 3600.0, lasts_for / 4), (lasts_for - gone) / (lasts_for / 3))


@dataclass(frozen=True, slots=True)
class Away:
    """An absence from an instant to another."""

    reason: str
    since_at: datetime
    until_at: datetime


@dataclass(frozen=True, slots=True)
class Block:
    """What befalls somebody in four weeks."""

    ills: tuple[Ill, ...]
    absences: tuple[Away, ...]
    falls: tuple[date, ...]
    presses: tuple[date, ...]


class AbsencesOverlap(ValueError):
    """Two absences of one person overlap; whoever wrote the life can mend it."""


class Spells:
    """All spells of one person, drawn when they are first asked for. What the life itself says comes first:
    what the dice would add at the same time does not happen.
    """

    def __init__(self, person: Person) -> None:
        self._person = person
        self._blocks: dict[int, Block] = {}
        self._said_ills = tuple(
            Ill(
                each.kind, person.moment(each.since), person.moment(each.since) + each.lasts_for, each.presses
            )
            for each in person.life.illness
        )
        said = (
            Away(each.reason, person.moment(each.since), person.moment(each.since) + each.lasts_for)
            for each in person.life.away
        )
        self._said_absences = tuple(sorted(said, key=lambda away: away.since_at))
        for former, later in zip(self._said_absences, self._said_absences[1:], strict=False):
            if later.since_at <= former.until_at:
                raise AbsencesOverlap(f"{person.name}: two absences overlap at {later.since_at.isoformat()}")

    def ills(self, since_at: datetime, until_at: datetime) -> list[Ill]:
        """The illnesses that touch a time."""
        found = [*self._said_ills, *(ill for block in self._around(since_at, until_at) for ill in block.ills)]
        return [ill for ill in found if ill.since_at < until_at and since_at < ill.until_at]

    def absences(self, since_at: datetime, until_at: datetime) -> list[Away]:
        """The absences that touch a time, in order."""
        found = list(self._said_absences)
        for block in self._around(since_at, until_at):
            found.extend(
                away for away in block.absences if not any(_meet(away, said) for said in self._said_absences)
            )
        found = [away for away in found if away.since_at < until_at and since_at <= away.until_at]
        return sorted(found, key=lambda away: away.since_at)

    def falls_on(self, day: date) -> bool:
        return day in self.block(day.toordinal() // BLOCK_DAYS).falls

    def presses_on(self, day: date) -> int:
        return self.block(day.toordinal() // BLOCK_DAYS).presses.count(day)

    def _around(self, since_at: datetime, until_at: datetime) -> Iterator[Block]:
        """The blocks that a time touches; zones are a day wide at most."""
        first = (since_at.toordinal() - 1) // BLOCK_DAYS
        for number in range(first, (until_at.toordinal() + 1) // BLOCK_DAYS + 1):
            yield self.block(number)

    def block(self, number: int) -> Block:
        block = self._blocks.get(number)
        if block is None:
            block = self._blocks[number] = _drawn(self._person, number)
        return block


def _meet(one: Away, other: Away) -> bool:
    day = timedelta(days=1)
    return one.since_at < other.until_at + day and other.since_at < one.until_at + day


def _drawn(person: Person, number: int) -> Block:
    life, first = person.life, date.fromordinal(number * BLOCK_DAYS)
    dice = dice_of(person.seed, "spells", person.name, number)
    ills = [_ill(person, dice, first) for _ in range(times(dice, life.illnesses_a_year * _OF_A_YEAR))]
    absences: list[Away] = []
    if dice.random() < life.hospital_a_year * _OF_A_YEAR:
        days = round(around(dice, 7, 0.5, 2, 16))
        absences.append(_away(person, dice, first, HOSPITAL, days, leaves=(6 * 60, 22 * 60)))
    if dice.random() < life.stays_a_year * _OF_A_YEAR:
        days = round(around(dice, 4, 0.5, 1, 12))
        stay = _away(person, dice, first, FAMILY, days, leaves=(9 * 60, 11 * 60))
        if not any(_meet(stay, other) for other in absences):
            absences.append(stay)
    return Block(
        tuple(ills),
        tuple(absences),
        _days(dice, first, life.falls_a_year * _OF_A_YEAR),
        _days(dice, first, life.presses_a_month * _OF_A_MONTH),
    )


def _days(dice: Random, first: date, mean: float) -> tuple[date, ...]:
    return tuple(first + timedelta(days=dice.randrange(BLOCK_DAYS)) for _ in range(times(dice, mean)))


def _ill(person: Person, dice: Random, first: date) -> Ill:
    kind = dice.choices(KINDS, WEIGHTS)[0]
    hours = dice.uniform(*HOURS[kind])
    latest = BLOCK_DAYS * 24 - hours
    since_at = person.at(first, dice.uniform(0, latest * 60))
    return Ill(
        kind, since_at, since_at + timedelta(seconds=round(hours * 3600)), presses=dice.random() < _CALLS
    )


_CALLS = 0.3
"""The share of illnesses in which somebody presses (assumption)."""


def _away(
    person: Person, dice: Random, first: date, reason: str, days: int, leaves: tuple[float, float]
) -> Away:
    day = first + timedelta(days=dice.randrange(BLOCK_DAYS - days))
    since_at = person.at(day, dice.uniform(*leaves))
    until_at = person.at(day + timedelta(days=days), dice.uniform(13 * 60, 16 * 60))
    return Away(reason, since_at, until_at)
