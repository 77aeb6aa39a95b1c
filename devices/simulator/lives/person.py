"""Who somebody is for good: what their habit leaves open is drawn once, from the seed and their name. What
was said of them in so many words stays as it was said.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from devices.simulator.lives.dice import dice_of, jitter
from devices.simulator.lives.form import EVENING, Life
from notation.times import Moment

DAY_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class Person:
    """One person of the cast. Minutes count from local midnight of the day; ``bed_minute`` may lie beyond the
    next one. ``heart`` and ``breath`` are rates a minute, asleep.
    """

    name: str
    life: Life
    seed: int | str
    zone: ZoneInfo
    first_day: date
    bed_minute: float
    rise_minute: float
    nap_minute: float
    heart: float
    breath: float
    toilet: float
    vitals_every: int
    vitals_offset: int

    def at(self, day: date, minutes: float) -> datetime:
        """The instant (UTC, whole seconds) at which the wall clock shows that much after midnight; one that
        does not exist is read with the offset before the gap, of two the first.
        """
        shown = datetime(day.year, day.month, day.day, tzinfo=self.zone) + timedelta(
            seconds=round(minutes * 60)
        )
        return shown.astimezone(UTC)

    def moment(self, moment: Moment) -> datetime:
        day = moment.day or self.first_day + timedelta(days=moment.days_later)
        return self.at(day, minutes_of(moment.wall))


def minutes_of(wall: time) -> float:
    return wall.hour * 60 + wall.minute + wall.second / 60


def person_of(name: str, life: Life, seed: int | str, zone: ZoneInfo, first_day: date) -> Person:
    dice = dice_of(seed, "person", name)

    def own(key: str, middle: float, deviation: float, at_most: float) -> float:
        """Always drawn, so that saying one thing of a person changes nothing else about them."""
        moved = jitter(dice, deviation, at_most)
        return middle if key in life.said else middle + moved

    bed = own("bed_at", minutes_of(life.bed_at), 12, 25)
    every = max(int(life.vitals_every.total_seconds()), 1)
    return Person(
        name,
        life,
        seed,
        zone,
        first_day,
        bed_minute=bed if life.bed_at >= EVENING[0] else bed + DAY_MINUTES,
        rise_minute=own("rises_at", minutes_of(life.rises_at), 12, 25),
        nap_minute=own("nap_at", minutes_of(life.nap_at), 15, 30),
        heart=own("heart_rate", life.heart_rate, 5, 9),
        breath=own("respiration_rate", life.respiration_rate, 1.3, 2.5),
        toilet=own("toilet_at_night", life.toilet_at_night, life.toilet_at_night * 0.2, 1.0),
        vitals_every=every,
        vitals_offset=dice.randrange(every),
    )
