"""What may be said about a life, in a scenario's `life:` and in the habits that ship with the simulator.

A life names a habit and says what is different about this person; the habit itself says what differs from
`steady`, which says everything. Nothing here decides what happens on a day.
"""

from __future__ import annotations

from datetime import time, timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, model_validator

from devices.simulator.lives.shipped import habit_named
from notation import spans, times
from notation.spans import NotASpan, read_span
from notation.times import Moment, NotATime, read_moment

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
Special = Literal["market", "family", "rest"]
IllnessKind = Literal["diarrhoea", "fever", "chest", "weakness"]

EVENING, MORNING = (time(16), time(4)), (time(3), time(12))
"""When people may go to bed (over midnight) and rise, on average: a day and a night stay apart."""
SHORTEST_NIGHT = timedelta(hours=5)


def _moment(value: object) -> Moment:
    if isinstance(value, Moment):
        return value
    try:
        return read_moment(value if isinstance(value, str) else repr(value))
    except NotATime as error:
        raise ValueError(f"expected {times.EXPECTED}") from error


def _wall(value: object) -> time:
    if isinstance(value, time):
        return value
    moment = _moment(value)
    if moment.days_later or moment.day:
        raise ValueError('expected a local time without a day, such as "21:30"')
    return moment.wall


def _span(value: object) -> timedelta:
    if isinstance(value, timedelta):
        return value
    try:
        return read_span(value if isinstance(value, str) else repr(value))
    except NotASpan as error:
        raise ValueError(f"expected {spans.EXPECTED}") from error


def _since_midnight(wall: time) -> timedelta:
    return timedelta(hours=wall.hour, minutes=wall.minute)


def _one_or_many(value: object) -> object:
    return (value,) if isinstance(value, dict | BaseModel) else value


When = Annotated[Moment, PlainValidator(_moment)]
Wall = Annotated[time, PlainValidator(_wall)]
Span = Annotated[timedelta, PlainValidator(_span)]


class Part(BaseModel):
    """Whatever a life is made of."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Illness(Part):
    """An illness that this person has: diarrhoea and fever, an infection of the chest that makes the heart
    race and the breath short, or a weakness that keeps in bed.
    """

    kind: IllnessKind
    since: When = Field(alias="from")
    lasts_for: Span = Field(alias="for")
    presses: bool = False
    """Whether they call for help themselves, within the first hours."""


class Absence(Part):
    """A time away from home that somebody records: with the family, or in hospital."""

    since: When = Field(alias="from")
    lasts_for: Span = Field(alias="for")
    reason: str = "family"


class Life(Part):
    """How somebody lives. Rates are means; clock times and spans are this person's middle, from which each
    day differs a little. ``+1 day`` counts from the first day of the scenario.
    """

    habit: str = Field(description="the name of a shipped habit, e.g. steady")
    tells: str = Field(description="the habit in one sentence")
    said: frozenset[str]
    """The keys that were said of this person: they hold as they are, while the habit's own vary from one
    person to the next.
    """

    bed_at: Wall = Field(description="goes to bed, from 16:00 to 04:00")
    rises_at: Wall = Field(description="gets up for the day, from 03:00 to 12:00")
    varies: Span = Field(description="standard deviation of both from day to day")
    winter: Span = Field(description="so much longer in bed at midwinter than at midsummer, in the north")
    weekly: dict[Weekday, Special] = Field(description="what is special about a day of the week")

    falls_asleep_in: Span = Field(description="median time to fall asleep")
    lies_awake: Span = Field(description="median time awake in bed before getting up")
    wakes_at_night: float = Field(ge=0, le=30, description="mean times awake in bed, without getting up")
    awake_for: Span = Field(description="median time awake each time")
    toilet_at_night: float = Field(ge=0, le=8, description="mean times up at night")
    out_for: Span = Field(description="median time out of bed each time")
    wanders_a_month: float = Field(ge=0, le=30, description="nights a month with a walk out of the house")

    naps_a_week: float = Field(ge=0, le=7, description="rests in bed after noon")
    nap_at: Wall = Field(description="lies down after noon, from 12:00 to 15:00")
    nap_for: Span = Field(description="median time in bed then")
    outings_a_day: float = Field(ge=0, le=6, description="mean times out of the house by day")
    meals_a_week: float = Field(ge=0, le=7, description="lunches ordered at the meal point")

    visits_a_month: int = Field(ge=0, le=8, description="visits of the care team")
    medicine: bool = Field(description="medicine for five weeks is brought every four")
    check_up: bool = Field(description="the yearly check-up takes place")

    heart_rate: float = Field(ge=45, le=95, description="beats a minute asleep")
    respiration_rate: float = Field(ge=11, le=21, description="breaths a minute asleep")
    vitals_every: Span = Field(description="how often the bed sensor tells them")

    presses_a_month: float = Field(ge=0, le=60, description="presses of the call button for no illness")
    falls_a_year: float = Field(ge=0, le=20)
    illnesses_a_year: float = Field(ge=0, le=12)
    hospital_a_year: float = Field(ge=0, le=6, description="stays in hospital")
    stays_a_year: float = Field(ge=0, le=13, description="stays with the family")

    illness: Annotated[tuple[Illness, ...], BeforeValidator(_one_or_many)] = ()
    away: Annotated[tuple[Absence, ...], BeforeValidator(_one_or_many)] = ()

    @model_validator(mode="before")
    @classmethod
    def _upon_a_habit(cls, value: Any) -> Any:
        """Lay what is said over the habit, and the habit over `steady`."""
        if isinstance(value, str):
            value = {"habit": value}
        if not isinstance(value, dict):
            return value
        name = value.get("habit", "steady")
        for own in ("said", "tells"):
            if own in value:
                raise ValueError(f"found {own}; expected a key of a life")
        return {**habit_named(str(name)), **value, "habit": name, "said": frozenset(value) - {"habit"}}

    @model_validator(mode="after")
    def _day_and_night_stay_apart(self) -> Life:
        late, early = EVENING
        if early < self.bed_at < late:
            raise ValueError(f"bed_at: found {self.bed_at:%H:%M}; expected 16:00 to 04:00")
        if not MORNING[0] <= self.rises_at <= MORNING[1]:
            raise ValueError(f"rises_at: found {self.rises_at:%H:%M}; expected 03:00 to 12:00")
        if not time(12) <= self.nap_at <= time(15):
            raise ValueError(f"nap_at: found {self.nap_at:%H:%M}; expected 12:00 to 15:00")
        if self.in_bed_for < SHORTEST_NIGHT:
            raise ValueError(f"found {self.in_bed_for} in bed; expected 5h or more from bed_at to rises_at")
        return self

    @property
    def in_bed_for(self) -> timedelta:
        """From going to bed to getting up, by the wall clock."""
        evening, morning = (_since_midnight(each) for each in (self.bed_at, self.rises_at))
        return morning - evening + (timedelta(days=1) if self.bed_at >= EVENING[0] else timedelta())


def life_of(said: object) -> Life:
    """A life as a scenario says it, by the name of a habit or by keys; else pydantic's ValidationError."""
    return Life.model_validate(said)
