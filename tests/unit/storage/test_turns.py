"""Turns: one at a time, in the order of asking, and never for ever."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from services.storage.turns import TurnNeverCame, Turns

LONG = timedelta(seconds=30)
SHORT = timedelta(milliseconds=20)


def wait_until_asked(turns: Turns, how_many: int) -> None:
    """Returns when that many stand in the line; the line itself is the only one to know."""
    while len(turns._waiting) < how_many:
        threading.Event().wait(0.001)


def test_turns_come_in_the_order_of_asking() -> None:
    turns, order = Turns(), list[int]()

    def take(name: int) -> None:
        with turns.turn(LONG):
            order.append(name)

    threads = [threading.Thread(target=take, args=(name,)) for name in range(10)]
    with turns.turn(LONG):
        for name, thread in enumerate(threads):
            thread.start()
            wait_until_asked(turns, name + 1)
    for thread in threads:
        thread.join(30)
    assert order == list(range(10))


def test_whoever_waits_too_long_leaves_the_line() -> None:
    turns, held, done = Turns(), threading.Event(), threading.Event()

    def hold() -> None:
        with turns.turn(LONG):
            held.set()
            done.wait(30)

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(30)
    with pytest.raises(TurnNeverCame), turns.turn(SHORT):
        pass
    assert not turns._waiting
    done.set()
    holder.join(30)
    with turns.turn(SHORT):
        pass


def test_a_fault_gives_the_turn_back() -> None:
    turns = Turns()
    with pytest.raises(ZeroDivisionError), turns.turn(SHORT):
        _ = 1 / 0
    with turns.turn(SHORT):
        pass


def test_a_thread_that_has_the_turn_may_not_ask_again() -> None:
    turns = Turns()
    with turns.turn(SHORT), pytest.raises(RuntimeError, match="second time"), turns.turn(SHORT):
        pass
    with turns.turn(SHORT):
        pass
