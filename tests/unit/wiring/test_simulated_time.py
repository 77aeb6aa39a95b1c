"""Simulated time: rooms that work in turn, and a clock that two may move at once."""

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
