"""Seeded dice and the few shapes they fall in. Each day of each person has dice of its own for each thing, so
that a day stands alone and a new thing moves no old one.
"""

from datetime import date
from math import exp
from random import Random


def dice_of(seed: int | str, what: str, name: str, when: date | int | str = "always") -> Random:
    return Random(f"{seed}/{what}/{name}/{when}")


def times(dice: Random, mean: float) -> int:
    """How often something happens that happens ``mean`` times on average (Poisson)."""
    left, count = exp(-mean), 0
    product = dice.random()
    while product > left:
        count += 1
        product *= dice.random()
    return count


def around(dice: Random, median: float, spread: float, low: float, high: float) -> float:
    """A length about a median, never negative, with a tail to the long side (log-normal), within bounds."""
    return min(max(median * exp(dice.gauss(0, spread)), low), high)


def jitter(dice: Random, deviation: float, at_most: float) -> float:
    return min(max(dice.gauss(0, deviation), -at_most), at_most)
