"""Simulated time: rooms that work in turn, and a clock that two may move at once."""

from datetime import UTC, datetime, timedelta

from services.wiring.clock import SteppedClock
from services.wiring.simulated_time import Together

NIGHT = datetime(2025, 7, 22, 18, 13, tzinfo=UTC)


class Nothing:
    """A room without work."""

    def step(self) -> bool:
        return False

    def next_due_at(self) -> None:
        return None


def test_whoever_moves_time_and_is_overtaken_finds_it_done() -> None:
    clock = SteppedClock(NIGHT)
    rooms = Together([Nothing()])
    rooms.advance(clock, NIGHT + timedelta(hours=2))
    rooms.advance(clock, NIGHT + timedelta(hours=1))
    assert clock.now() == NIGHT + timedelta(hours=2)
