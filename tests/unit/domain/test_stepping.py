"""Moving a standing clock: every deadline is met in order, at its instant, and a loop without end is a
fault.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from services.domain.stepping import DoesNotSettle, advance, settle

START = datetime(2025, 7, 23, tzinfo=UTC)


class StandingClock:
    def __init__(self) -> None:
        self.instant = START

    def now(self) -> datetime:
        return self.instant

    def move_to(self, instant: datetime) -> None:
        assert instant >= self.instant
        self.instant = instant


class Echo:
    """A room that meets deadlines and, at each, asks for another one ``then`` later in a second room."""

    def __init__(self, clock: StandingClock, name: str, log: list[tuple[str, datetime]]) -> None:
        self.clock, self.name, self.log = clock, name, log
        self.deadlines: list[datetime] = []
        self.other: Echo | None = None
        self.then = timedelta(0)

    def step(self) -> bool:
        due = [deadline for deadline in self.deadlines if deadline <= self.clock.now()]
        for deadline in due:
            self.deadlines.remove(deadline)
            self.log.append((self.name, self.clock.now()))
            if self.other:
                self.other.deadlines.append(self.clock.now() + self.then)
        return bool(due)

    def next_due_at(self) -> datetime | None:
        return min(self.deadlines, default=None)


def test_deadlines_are_met_in_order_at_their_instants_and_those_they_make_as_well() -> None:
    clock, log = StandingClock(), list[tuple[str, datetime]]()
    rules, notify = Echo(clock, "rules", log), Echo(clock, "notify", log)
    rules.other, rules.then = notify, timedelta(minutes=2)
    rules.deadlines = [START + timedelta(minutes=5), START + timedelta(minutes=1)]
    advance(clock, [rules, notify], START + timedelta(minutes=6))
    assert [(name, at - START) for name, at in log] == [
        ("rules", timedelta(minutes=1)),
        ("notify", timedelta(minutes=3)),
        ("rules", timedelta(minutes=5)),
    ]
    assert clock.now() == START + timedelta(minutes=6)
    assert notify.deadlines == [START + timedelta(minutes=7)]


def test_a_deadline_exactly_at_the_end_is_met_and_one_after_it_is_not() -> None:
    clock, log = StandingClock(), list[tuple[str, datetime]]()
    room = Echo(clock, "rules", log)
    room.deadlines = [START + timedelta(minutes=1), START + timedelta(minutes=1, microseconds=1)]
    advance(clock, [room], START + timedelta(minutes=1))
    assert len(log) == 1


def test_a_deadline_that_nobody_meets_is_a_fault_and_not_waited_for() -> None:
    class Stubborn(Echo):
        def step(self) -> bool:
            return False

    clock = StandingClock()
    room = Stubborn(clock, "stubborn", [])
    room.deadlines = [START]
    with pytest.raises(DoesNotSettle):
        advance(clock, [room], START + timedelta(hours=1))


def test_a_room_that_always_finds_work_is_a_fault() -> None:
    class Restless(Echo):
        def step(self) -> bool:
            return True

    with pytest.raises(DoesNotSettle):
        settle([Restless(StandingClock(), "restless", [])], most_rounds=10)
