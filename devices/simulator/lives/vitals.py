"""Heart and breath as a bed sensor tells them, at even intervals while somebody lies on it.

Sleep goes in cycles of about ninety minutes, deep at first and with more dreams towards the morning. The
heart is slowest in deep sleep and in the later night, uneven in dreams, faster awake; illness lifts both.
"""

from collections.abc import Sequence
from datetime import timedelta
from math import pi, sin
from random import Random

from devices.simulator.acts import Act
from devices.simulator.lives.nights import Rest
from devices.simulator.lives.person import Person
from devices.simulator.lives.spells import Ill

KIND, BED = "bed.vitals", "bed_sensor"
CYCLE = 92 * 60.0
"""Seconds of one round of deep sleep and dreams."""
DEEP_FROM = 0.15
"""The share of a round after which sleep is deep."""
AWAKE, LIGHT, DEEP, DREAM = range(4)
HEART = ((6.5, 2.2), (0.6, 1.4), (-1.2, 0.9), (2.2, 2.6))
BREATH = ((1.6, 1.3), (0.1, 0.7), (-0.4, 0.4), (0.5, 1.2))
"""By stage: what is added to the rate asleep, and how much a reading differs (assumption)."""
MOVES = (0.25, 0.03, 0.008, 0.05)
"""By stage: the mean share of the interval with movement (assumption)."""
NIGHTLY_DIP = 1.5
"""Beats a minute that the heart is slower in the middle of the night than at its ends (assumption)."""
LIFTS = {"fever": (17.0, 3.5), "chest": (46.0, 10.0), "diarrhoea": (11.0, 1.5), "weakness": (4.0, 0.5)}
"""Beats and breaths a minute that an illness adds at its worst. Fever: two degrees at 8.5 beats each."""


def vitals_of(person: Person, rest: Rest, ills: Sequence[Ill], dice: Random) -> list[Act]:
    """The readings of one time in bed."""
    every, name, at = person.vitals_every, person.name, rest.at
    first = (person.vitals_offset - int(at.timestamp())) % every
    awake, outs = list(rest.awake), list(rest.outs)
    gauss, chance = dice.gauss, dice.expovariate
    acts: list[Act] = []
    for second in range(first, rest.length, every):
        while outs and outs[0].until <= second:
            outs.pop(0)
        if outs and outs[0].since <= second:
            continue
        while awake and awake[0][1] <= second:
            awake.pop(0)
        is_awake = awake and awake[0][0] <= second
        stage = AWAKE if is_awake else _stage(second, rest.length)
        (heart, uneven), (breath, ragged) = HEART[stage], BREATH[stage]
        heart += person.heart - NIGHTLY_DIP * sin(pi * second / rest.length)
        breath += person.breath
        when = at + timedelta(seconds=second)
        for ill in ills:
            beats, breaths = LIFTS[ill.kind]
            strength = ill.strength(when)
            heart += beats * strength
            breath += breaths * strength
        data = {
            "heart_rate": round(heart + gauss(0, uneven), 1),
            "respiration_rate": round(breath + gauss(0, ragged), 1),
            "movement": min(1.0, round(chance(1 / MOVES[stage]), 2)),
        }
        acts.append(Act(when, name, KIND, BED, data))
    return acts


def _stage(second: float, length: float) -> int:
    """Deep in the first third of each cycle, less so in each; dreams at the end of each, more so in each."""
    through, night = (second % CYCLE) / CYCLE, second / length
    if DEEP_FROM < through < DEEP_FROM + 0.4 * (1 - night):
        return DEEP
    return DREAM if through > 0.92 - 0.2 * night else LIGHT
