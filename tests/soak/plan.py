"""The plan of a soak: what the house is killed by in each of its lives, drawn by a seed. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from services.domain.crash_points import CrashPoint

RANDOM = "random instant"
BROKER = "broker"
DATABASE = "database"
KILLS_A_LIFE = 5
"""Kills of the broker, or of the database, in one life of the house, which survives them."""
LATEST = timedelta(seconds=3)
"""The latest random instant after the start of a process; its start alone takes more than a second."""
MOST_TIMES = 3


@dataclass(frozen=True, slots=True)
class Life:
    """One life of the house: what ends it.

    ``times``: which time a crash point is fatal, or how often broker or database are killed. ``after``: the
    random instant.
    """

    cause: str
    times: int = 1
    after: timedelta = timedelta()


def lives(kills: int, dice: Random, *, with_database: bool, points: Sequence[CrashPoint]) -> list[Life]:
    """Every cause as often as it is asked for, in a random order."""
    planned = [
        *(Life(point, dice.randint(1, MOST_TIMES)) for point in points for _ in range(kills)),
        *(Life(RANDOM, after=LATEST * dice.random()) for _ in range(kills)),
        *_several(BROKER, kills),
        *(_several(DATABASE, kills) if with_database else ()),
    ]
    dice.shuffle(planned)
    return planned


def _several(cause: str, kills: int) -> Iterator[Life]:
    while kills > 0:
        yield Life(cause, min(kills, KILLS_A_LIFE))
        kills -= KILLS_A_LIFE
