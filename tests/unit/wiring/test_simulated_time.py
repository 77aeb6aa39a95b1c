"""Simulated time: rooms that work in turn, and a clock that two may move at once."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from services.wiring.clock import SteppedClock
from services.wiring.simulated_time import EVERYBODY, INGEST, Together

NIGHT = datetime(2025, 7, 22, 18, 13, tzinfo=UTC)


class Nothing:
    """A room without work."""

    steps = 0

    def step(self) -> bool:
        self.steps += 1
        return False

    def next_due_at(self) -> None:
        return None


def test_whoever_moves_time_and_is_overtaken_finds_it_done() -> None:
    clock = SteppedClock(NIGHT)
    rooms = Together([Nothing()])
    rooms.advance(clock, NIGHT + timedelta(hours=2))
    rooms.advance(clock, NIGHT + timedelta(hours=1))
    assert clock.now() == NIGHT + timedelta(hours=2)


def test_a_message_that_came_lets_ingest_alone_work() -> None:
    ingest, other = Nothing(), Nothing()
    rooms = Together([ingest, other]).by_name()
    rooms[INGEST].step()
    assert (ingest.steps, other.steps) == (1, 0)
    rooms[EVERYBODY].step()
    assert (ingest.steps, other.steps) == (2, 1)


class Writes(Nothing):
    """A room whose work is news."""

    def __init__(self, news: list[str]) -> None:
        self.wake: Callable[[], None] = lambda: None
        self._news = news

    def step(self) -> bool:
        self._news.append("worked")
        self.wake()
        return False


def test_what_everybody_wrote_wakes_nobody_and_what_ingest_or_anybody_else_wrote_does() -> None:
    said: list[str] = []
    ingest = Writes(said)
    rooms = Together([ingest, Nothing()])
    ingest.wake = rooms.unless_at_work(lambda: said.append("woken"))
    rooms.step()
    rooms.advance(SteppedClock(NIGHT), NIGHT)
    assert "woken" not in said
    said.clear()
    rooms.by_name()[INGEST].step()
    assert said == ["worked", "woken"]
    said.clear()
    ingest.wake()
    assert said == ["woken"]
