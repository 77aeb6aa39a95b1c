"""A process of ingest hears for one that is gone, and leaves off when that is back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from services.storage.store import SqlStore
from services.wiring.clock import SteppedClock
from services.wiring.leading import Shared
from services.wiring.neighbours import Neighbours

NIGHT = datetime(2025, 7, 23, 2, 0, tzinfo=UTC)
BEAT = timedelta(seconds=1)


class Inbox:
    """Remembers for whom it hears."""

    def __init__(self) -> None:
        self.hears_for: set[str] = set()

    def adopt(self, client_id: str) -> None:
        assert client_id not in self.hears_for
        self.hears_for.add(client_id)

    def leave(self, client_id: str) -> None:
        self.hears_for.remove(client_id)


class Process:
    def __init__(self, store: SqlStore, clock: SteppedClock, name: str) -> None:
        self.inbox = Inbox()
        self.roles = Shared(store, clock, name)
        self.room = Neighbours(self.roles, self.inbox)
        self.room.begin()

    @property
    def hears_for(self) -> set[str]:
        return self.inbox.hears_for


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock(NIGHT)


def beat(clock: SteppedClock, times: int, *processes: Process) -> None:
    for _ in range(times):
        clock.move_to(clock.now() + BEAT)
        for process in processes:
            process.room.step()


def test_those_who_live_hear_for_nobody_else(store: SqlStore, clock: SteppedClock) -> None:
    all_of_them = [Process(store, clock, name) for name in ("first", "second", "third")]
    beat(clock, 20, *all_of_them)
    assert [process.hears_for for process in all_of_them] == [set(), set(), set()]


def test_one_of_the_others_hears_for_one_that_is_gone(store: SqlStore, clock: SteppedClock) -> None:
    first, second, third = (Process(store, clock, name) for name in ("first", "second", "third"))
    beat(clock, 3, first, second, third)
    beat(clock, 4, first, second)
    assert sorted([*first.hears_for, *second.hears_for]) == ["third"]


def test_one_that_ended_properly_is_followed_at_once(store: SqlStore, clock: SteppedClock) -> None:
    first, second = Process(store, clock, "first"), Process(store, clock, "second")
    beat(clock, 3, first, second)
    second.roles.give_up()
    beat(clock, 1, first)
    assert first.hears_for == {"second"}


def test_one_that_is_back_has_its_own_name_again(store: SqlStore, clock: SteppedClock) -> None:
    first = Process(store, clock, "first")
    Process(store, clock, "second")
    beat(clock, 5, first)
    assert first.hears_for == {"second"}
    back = Process(store, clock, "second")
    beat(clock, 5, first, back)
    assert (first.hears_for, back.hears_for) == (set(), set())


def test_one_that_was_only_slow_insists_on_its_name(store: SqlStore, clock: SteppedClock) -> None:
    first, second = Process(store, clock, "first"), Process(store, clock, "second")
    beat(clock, 3, first, second)
    beat(clock, 5, first)
    assert first.hears_for == {"second"}
    beat(clock, 3, second, first)
    assert first.hears_for == set()


def test_whoever_heard_for_another_is_followed_for_both(store: SqlStore, clock: SteppedClock) -> None:
    first, second, third = (Process(store, clock, name) for name in ("first", "second", "third"))
    beat(clock, 3, first, second, third)
    beat(clock, 5, first, second)
    survivor, dead = (second, "first") if first.hears_for else (first, "second")
    beat(clock, 5, survivor)
    assert survivor.hears_for == {"third", dead}
