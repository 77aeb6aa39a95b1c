"""Garbage: how often the interpreter looks for things that only hold one another.

It looks after every 700 new things, and at everything now and then: modules, schemas, tables and rulebooks,
which stay for as long as the process runs. A process at work makes some hundred things for each event, nearly
all of which go by themselves. What is left is found all the same, only later.
"""

from __future__ import annotations

import gc

YOUNG, MIDDLE, OLD = 20_000, 20, 20
"""New things after which the young are looked at, and how many such looks lie between those at the others:
some 2 MB that may wait, for half a millisecond that nobody waits.
"""


def look_seldom() -> None:
    """To be called first: what is loaded at the start stays, and to look through it costs a sixth of that."""
    gc.set_threshold(YOUNG, MIDDLE, OLD)


def settle_down() -> None:
    """To be called once everything that stays is there."""
    gc.collect()
    gc.freeze()
    look_seldom()
