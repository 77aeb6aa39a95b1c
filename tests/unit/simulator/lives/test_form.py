"""What may be said about a life, and what is refused in words."""

from datetime import date, time, timedelta

import pytest
from pydantic import ValidationError

from devices.simulator.lives.form import life_of
from devices.simulator.lives.shipped import habits


def test_a_life_may_be_the_name_of_a_habit() -> None:
    assert life_of("early_riser").rises_at == time(4, 50)
    assert life_of("early_riser").said == frozenset()


def test_what_is_said_of_a_person_lies_over_the_habit_and_the_habit_over_steady() -> None:
    life = life_of({"habit": "night_owl", "toilet_at_night": 3})
    assert (life.toilet_at_night, life.bed_at, life.out_for) == (3, time(0, 30), timedelta(minutes=5))
    assert life.said == {"toilet_at_night"}


def test_without_a_habit_a_life_is_steady() -> None:
    assert life_of({"bed_at": "21:30"}).habit == "steady"


def test_an_illness_and_an_absence_are_said_in_the_notation_of_stories() -> None:
    life = life_of(
        {
            "illness": {"kind": "fever", "from": "+3 days 20:00", "for": "2d"},
            "away": [{"from": "2025-08-01 09:00", "for": "36h", "reason": "hospital"}],
        }
    )
    assert (life.illness[0].since.days_later, life.illness[0].lasts_for) == (3, timedelta(days=2))
    assert (life.away[0].since.day, life.away[0].lasts_for) == (date(2025, 8, 1), timedelta(hours=36))


@pytest.mark.parametrize("name", habits())
def test_each_shipped_habit_can_be_lived_and_says_in_a_sentence_who_that_is(name: str) -> None:
    assert life_of(name).tells.endswith(".")


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ("sturdy", "found sturdy; expected one of early_riser"),
        ({"bed_at": "13:00"}, "found 13:00; expected 16:00 to 04:00"),
        ({"bed_at": "+1 day 22:00"}, "without a day"),
        ({"rises_at": "13:00"}, "found 13:00; expected 03:00 to 12:00"),
        ({"bed_at": "02:00", "rises_at": "05:00"}, "expected 5h or more"),
        ({"nap_at": "10:00"}, "expected 12:00 to 15:00"),
        ({"out_for": "5 minutes"}, "expected a span of time"),
        ({"illness": {"kind": "gout", "from": "20:00", "for": "2d"}}, "'diarrhoea'"),
        ({"tells": "x"}, "found tells"),
        ({"sleeps": "long"}, "sleeps"),
    ],
)
def test_what_cannot_be_lived_is_refused_in_words(said: object, complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint.replace("+", r"\+")):
        life_of(said)
