"""What is owed: the count on the page against a small oracle that knows months, enrolment and absence by the
hour and shares no code with the rules.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from services.console.callers import Caller
from services.console.pages.visits.owed import quota_of
from services.console.pages.visits.view import gather
from services.console.rights import Sees
from services.domain.people import Role
from services.rules.standing import Standing
from tests.unit.console.cast import NIGHT, Cast
from tests.unit.console.visiting import QUOTA, said, with_the_rule

HOUR = timedelta(hours=1)
EAST = timedelta(hours=8)
"""Shanghai has no summer time: a month there begins at 16:00 UTC of the day before."""
EVERYBODY = Caller("user:desk", Role.DUTY_DESK, sees=Sees.ALL)


@dataclass(frozen=True)
class Life:
    """What the oracle is told of one resident."""

    enrolled_at: datetime
    left_at: datetime | None
    away: list[tuple[datetime, datetime | None]]
    visits: list[datetime]


def month_of(now: datetime) -> tuple[datetime, datetime]:
    here = now + EAST  # UTC on the face of it, the wall clock of Shanghai in what it shows
    first = datetime(here.year, here.month, 1, tzinfo=UTC)
    after = datetime(here.year + here.month // 12, here.month % 12 + 1, 1, tzinfo=UTC)
    return first - EAST, after - EAST


def owed_by_the_hour(life: Life, now: datetime) -> tuple[int, int]:
    """Visits that count, and how many are asked for; every instant is a whole hour."""
    start, end = month_of(now)

    def enrolled(at: datetime) -> bool:
        return life.enrolled_at <= at and (life.left_at is None or at < life.left_at)

    def away(at: datetime) -> bool:
        return any(since <= at < (until or max(now, since)) for since, until in life.away)

    hours = [start + number * HOUR for number in range((end - start) // HOUR)]
    # Time to come counts as watched, also behind a leaving that is only planned.
    watched = sum((enrolled(hour) or (hour >= now and enrolled(now))) and not away(hour) for hour in hours)
    done = sum(start <= at < end and enrolled(at) for at in life.visits)
    return done, 2 if 2 * watched >= len(hours) and enrolled(now) else 0


def standing_of(house: Cast, resident_id: str = "yangzom") -> Standing:
    with house.store.reading() as uow:
        view = gather(uow, house.parts, EVERYBODY, quota_of(house.parts))
    [person] = [
        person for group in view.groups for person in group.people if person.resident.id == resident_id
    ]
    assert person.standing is not None
    return person.standing


def live(house: Cast, life: Life) -> None:
    with house.store.writing() as uow:
        resident = uow.residents.get("yangzom")
        assert resident is not None
        uow.residents.save(replace(resident, enrolled_at=life.enrolled_at, left_at=life.left_at))
    for since, until in life.away:
        said(house, "resident.away", since)
        if until is not None:
            said(house, "resident.returned", until)
    for at in life.visits:
        said(house, "visit.completed", at)


def a_life(dice: Random, now: datetime) -> Life:
    def back(days: int) -> datetime:
        return now.replace(minute=0) - dice.randrange(days * 24) * HOUR

    absences: list[tuple[datetime, datetime | None]] = []
    edges = sorted({back(60) for _ in range(dice.choice((0, 2, 4)))})
    for since, until in zip(edges[::2], edges[1::2], strict=False):
        absences.append((since, until))
    if dice.random() < 0.3:
        absences.append((max([back(25), *edges]) + HOUR, None))
    return Life(
        enrolled_at=back(50) if dice.random() < 0.6 else now - timedelta(days=300),
        left_at=now + timedelta(days=dice.randrange(1, 20)) if dice.random() < 0.2 else None,
        away=[(since, until) for since, until in absences if since < now],
        visits=[back(45) for _ in range(dice.randrange(4))],
    )


@pytest.mark.parametrize("seed", range(30))
def test_what_is_owed_is_what_the_oracle_says(tmp_path: Path, seed: int) -> None:
    dice = Random(seed)
    with with_the_rule(tmp_path) as house:
        house.clock.move(timedelta(days=dice.randrange(200), hours=dice.randrange(24)))
        now = house.clock.now()
        life = a_life(dice, now)
        live(house, life)
        found = standing_of(house)
        assert (found.done, found.at_least) == owed_by_the_hour(life, now)


@pytest.mark.parametrize(
    ("life", "owed"),
    [
        (Life(NIGHT - timedelta(days=300), None, [], []), 2),
        (Life(datetime(2025, 7, 16, 4, tzinfo=UTC), None, [], []), 2),  # 15.5 of 31 days are left
        (Life(datetime(2025, 7, 16, 5, tzinfo=UTC), None, [], []), 0),
        (Life(NIGHT - timedelta(days=300), None, [(datetime(2025, 6, 1, tzinfo=UTC), None)], []), 0),
        (Life(NIGHT - timedelta(days=300), None, [(datetime(2025, 7, 20, tzinfo=UTC), None)], []), 2),
        (Life(NIGHT - timedelta(days=300), None, [], [datetime(2025, 6, 30, 15, tzinfo=UTC)]), 2),
        (Life(NIGHT - timedelta(days=300), None, [], [datetime(2025, 6, 30, 16, tzinfo=UTC)]), 1),
        (Life(NIGHT - timedelta(days=300), None, [], [NIGHT - HOUR * number for number in range(3)]), 0),
    ],
)
def test_months_are_those_of_the_home_and_half_of_one_counts(tmp_path: Path, life: Life, owed: int) -> None:
    with with_the_rule(tmp_path) as house:
        live(house, life)
        assert standing_of(house).missing == owed
        done, asked = owed_by_the_hour(life, NIGHT.replace(minute=0))
        assert max(asked - done, 0) == owed


def test_a_visit_that_was_taken_back_does_not_count(tmp_path: Path) -> None:
    with with_the_rule(tmp_path) as house:
        visit = said(house, "visit.completed", NIGHT - HOUR)
        assert standing_of(house).done == 1
        said(house, "event.retracted", NIGHT, event_id=visit.id, reason="recorded twice")
        assert standing_of(house).done == 0


def test_an_absence_that_was_taken_back_never_was(tmp_path: Path) -> None:
    with with_the_rule(tmp_path) as house:
        away = said(house, "resident.away", NIGHT - timedelta(days=60))
        assert standing_of(house).at_least == 0
        said(house, "event.retracted", NIGHT, event_id=away.id, reason="no")
        assert standing_of(house).at_least == 2


def test_another_number_for_one_resident_is_theirs(tmp_path: Path) -> None:
    with with_the_rule(tmp_path) as house:
        said(house, "rule.overridden", NIGHT, rule=QUOTA.id, key="at_least", value=4)
        assert (standing_of(house).at_least, standing_of(house, "dawa").at_least) == (4, 2)


def test_a_rule_that_is_switched_off_for_one_still_counts_what_was_done(tmp_path: Path) -> None:
    with with_the_rule(tmp_path) as house:
        said(house, "rule.overridden", NIGHT, rule=QUOTA.id, key="enabled", value=False)
        said(house, "visit.completed", NIGHT - HOUR)
        assert (standing_of(house).done, standing_of(house).at_least) == (1, 0)


def test_without_the_rule_nothing_is_owed(house: Cast) -> None:
    assert quota_of(house.parts) is None
