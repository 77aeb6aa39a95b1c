"""What people record about somebody: visits, lunches, medicine, the check-up. What falls on a day away from
home is done on the first day back; who comes from hospital is visited the next morning.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache

from devices.simulator.acts import Act
from devices.simulator.lives.dice import dice_of
from devices.simulator.lives.person import Person
from devices.simulator.lives.spells import BLOCK_DAYS, HOSPITAL, Spells

SERVICES = ("助行", "助餐", "助洁", "助医", "代办")
MEDICINE_DAYS = 35
"""A week more than between two deliveries, so that a stay away leaves nobody without."""
VISITS_UNTIL = 21
"""Visits are planned for the first three weeks of a month, before anybody is reminded of them."""
_DAY = timedelta(days=1)
_ILL_VISITED = (9.2 * 60, 10.5 * 60)


def care_on(person: Person, spells: Spells, day: date) -> Iterator[Act]:
    """All that is recorded on a day, in no order."""
    life = person.life
    if not (life.visits_a_month or life.medicine or life.check_up or life.meals_a_week):
        return
    dice, name = dice_of(person.seed, "care", person.name, day), person.name
    visited, visited_at = dice.choice(SERVICES), dice.uniform(9.2 * 60, 11.3 * 60)
    brought_at, checked_at = dice.uniform(14.5 * 60, 17 * 60), dice.uniform(9.5 * 60, 11 * 60)
    home = _Home(person, spells)
    if home.due(
        day,
        lambda each: (
            each.day in _visit_days(person.seed, person.name, life.visits_a_month, each.replace(day=1))
        ),
    ):
        yield Act(person.at(day, visited_at), name, "visit.completed", None, {"service": visited})
    if life.visits_a_month and home.from_hospital(day - _DAY):
        at = person.at(day, dice.uniform(*_ILL_VISITED))
        yield Act(at, name, "visit.completed", None, {"service": "看望"})
    if life.medicine and home.due(
        day, lambda each: each.toordinal() % BLOCK_DAYS == _medicine_day(person.seed, person.name)
    ):
        yield Act(person.at(day, brought_at), name, "medication.delivered", None, {"days": MEDICINE_DAYS})
    if life.check_up and home.due(
        day, lambda each: each.timetuple().tm_yday == _check_up_day(person.seed, person.name, each.year)
    ):
        yield Act(person.at(day, checked_at), name, "checkup.completed", None)
    yield from _lunch(person, spells, day)


class _Home:
    """Whether somebody is at home at noon of a day, and what that moves."""

    def __init__(self, person: Person, spells: Spells) -> None:
        self._person, self._spells = person, spells

    def is_away(self, day: date) -> bool:
        noon = self._person.at(day, 12 * 60)
        return any(away.since_at <= noon < away.until_at for away in self._spells.absences(noon, noon + _DAY))

    def due(self, day: date, planned: Callable[[date], bool]) -> bool:
        """Planned for this day, or for one of the days away before it."""
        if self.is_away(day):
            return False
        while not planned(day):
            day -= _DAY
            if not self.is_away(day):
                return False
        return True

    def from_hospital(self, day: date) -> bool:
        """Whether they came home from hospital on a day."""
        begins, ends = self._person.at(day, 0), self._person.at(day + _DAY, 0)
        return any(
            away.reason == HOSPITAL and begins <= away.until_at < ends
            for away in self._spells.absences(begins, ends)
        )


@lru_cache(maxsize=4096)
def _visit_days(seed: int | str, name: str, visits: int, month: date) -> frozenset[int]:
    """The days of a month with a planned visit, spread over it; none on a Sunday."""
    if not visits:
        return frozenset()
    dice = dice_of(seed, "visits", name, month.strftime("%Y-%m"))
    slot = VISITS_UNTIL / visits
    days = (1 + int((number + dice.uniform(0.15, 0.85)) * slot) for number in range(visits))
    return frozenset(each + (month.replace(day=each).weekday() == _SUNDAY) for each in days)


_SUNDAY = 6


@lru_cache(maxsize=4096)
def _medicine_day(seed: int | str, name: str) -> int:
    return dice_of(seed, "medicine", name).randrange(BLOCK_DAYS)


@lru_cache(maxsize=4096)
def _check_up_day(seed: int | str, name: str, year: int) -> int:
    return dice_of(seed, "check-up", name, year).randint(60, 300)


def _lunch(person: Person, spells: Spells, day: date) -> Iterator[Act]:
    """Ordered in the morning, fetched by noon; who is too ill to fetch it is missed there."""
    dice = dice_of(person.seed, "lunch", person.name, day)
    if dice.random() * 7 >= person.life.meals_a_week:
        return
    ordered_at, fetched_at = (person.at(day, dice.uniform(*span)) for span in ((480, 540), (665, 750)))
    if _in_bed_with_it(spells, ordered_at):
        return
    yield Act(ordered_at, person.name, "meal.ordered", None, {"meal": "lunch"})
    if not _in_bed_with_it(spells, fetched_at):
        yield Act(fetched_at, person.name, "meal.collected", None, {"meal": "lunch"})


def _in_bed_with_it(spells: Spells, at: datetime) -> bool:
    return any(ill.keeps_in_bed for ill in spells.ills(at, at + timedelta(seconds=1)))
