"""Calls for help and falls: the button without need, the button when ill, the fall by day and at night."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from devices.simulator.acts import Act
from devices.simulator.lives.dice import dice_of
from devices.simulator.lives.outs import Out, Why, falls_at_night
from devices.simulator.lives.person import Person
from devices.simulator.lives.spells import Ill, Spells

BUTTON, FALL_DETECTOR = "call_button", "fall_detector"
PRESSED, FELL = "call_button.pressed", "fall.detected"
DETECTED_AFTER = timedelta(seconds=25)
PRESSES_WHO_FELL = 0.2
"""The share of those who fell alone and used their alarm: Fleming & Brayne 2008, BMJ (90 and older)."""


def day_calls(person: Person, spells: Spells, day: date, up_at: datetime, bed_at: datetime) -> Iterator[Act]:
    """Presses and falls of a day, between rising and going to bed."""
    dice, name = dice_of(person.seed, "calls", person.name, day), person.name
    awake_for = (bed_at - up_at).total_seconds()
    for _ in range(spells.presses_on(day)):
        yield Act(up_at + timedelta(seconds=int(dice.random() * awake_for)), name, PRESSED, BUTTON)
    if spells.falls_on(day) and not falls_at_night(person, day):
        fell_at = up_at + timedelta(seconds=int(dice.random() * max(awake_for - 1200, 1)))
        yield Act(fell_at, name, FELL, FALL_DETECTOR)
        if dice.random() < PRESSES_WHO_FELL:
            yield Act(fell_at + timedelta(seconds=dice.randrange(40, 400)), name, PRESSED, BUTTON)


def night_calls(person: Person, day: date, began_at: datetime, outs: Sequence[Out]) -> Iterator[Act]:
    """The fall of a night, and the press after it."""
    for out in outs:
        if out.why is Why.FALLS:
            dice = dice_of(person.seed, "floor", person.name, day)
            fell_at = began_at + timedelta(seconds=out.since + dice.randrange(30, 180)) + DETECTED_AFTER
            yield Act(fell_at, person.name, FELL, FALL_DETECTOR)
            if dice.random() < PRESSES_WHO_FELL:
                yield Act(fell_at + timedelta(seconds=dice.randrange(40, 400)), person.name, PRESSED, BUTTON)


def ill_calls(person: Person, ills: Sequence[Ill], since_at: datetime, until_at: datetime) -> Iterator[Act]:
    """The press of somebody who is ill, some time after it began."""
    for ill in ills:
        if ill.presses:
            after = dice_of(person.seed, "ill", person.name, ill.since_at.isoformat()).uniform(0.1, 0.4)
            at = ill.since_at + timedelta(
                seconds=int(after * min((ill.until_at - ill.since_at).total_seconds(), 28800))
            )
            if since_at <= at < until_at:
                yield Act(at, person.name, PRESSED, BUTTON)
