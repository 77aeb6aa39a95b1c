"""Whom the broker turned away: the latest, by name and time, in bounds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from services.console.parts import TurnedAway
from services.wiring.broker import TurnedFrom
from services.wiring.clock import SteppedClock
from services.wiring.turned_away import LONGEST_NAME, MOST, DoorBook

NIGHT = datetime(2025, 7, 22, 18, 13, tzinfo=UTC)


def test_the_book_says_who_was_turned_away_from_what_and_when() -> None:
    clock = SteppedClock(NIGHT)
    book = DoorBook(clock)
    book.write("button-1", TurnedFrom.DOOR)
    clock.move_to(NIGHT + timedelta(seconds=1))
    book.write("Button-1", TurnedFrom.TOPIC)
    assert book.read() == (
        TurnedAway("button-1", NIGHT),
        TurnedAway("Button-1", NIGHT + timedelta(seconds=1), from_topic=True),
    )


def test_whoever_knocks_often_or_by_a_long_name_fills_no_memory() -> None:
    book = DoorBook(SteppedClock(NIGHT))
    for number in range(MOST + 5):
        book.write(f"{number:03}" + "x" * 200, TurnedFrom.DOOR)
    assert len(book.read()) == MOST
    assert book.read()[0].name == "005" + "x" * (LONGEST_NAME - 3)


def test_who_gives_no_name_is_not_written_down() -> None:
    book = DoorBook(SteppedClock(NIGHT))
    book.write("", TurnedFrom.DOOR)
    assert book.read() == ()
