"""One process has a role; another one stands by, takes it when it is silent, and whoever lost it writes
nothing.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from services.domain.ports import Store
from services.storage.store import SqlStore
from services.wiring.clock import SteppedClock
from services.wiring.leading import LEASE_FOR, RENEW_AFTER, LeaseLost, Led, Own, Shared

NIGHT = datetime(2025, 7, 23, 2, 0, tzinfo=UTC)
BEAT = timedelta(seconds=1)
PROMISED = timedelta(seconds=5)


class Counting:
    """A loop that counts its steps in the store."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.in_the_middle: list[timedelta] = []

    def step(self) -> bool:
        with self.store.writing() as uow:
            uow.cursors.set("steps", uow.cursors.get("steps") + 1)
        return False

    def next_due_at(self) -> datetime | None:
        return NIGHT


class Process:
    """One of several processes on a store; its clock is its machine's own."""

    def __init__(self, store: SqlStore, holder: str, ahead: timedelta = timedelta()) -> None:
        self.clock = SteppedClock(NIGHT + ahead)
        self.roles = Shared(store, self.clock, holder)
        self.made: list[Counting] = []
        self.room: Led[Counting] = self.roles.led("rules", self._make)

    def _make(self, store: Store) -> Counting:
        self.made.append(Counting(store))
        return self.made[-1]

    def beat(self, after: timedelta = BEAT) -> bool:
        """Let time pass and the room work; whether it did."""
        self.clock.move_to(self.clock.now() + after)
        self.room.step()
        return self.room.current is not None


def steps(store: SqlStore) -> int:
    with store.reading() as uow:
        return uow.cursors.get("steps")


def test_one_works_and_the_other_stands_by_as_long_as_it_lives(store: SqlStore) -> None:
    first, second = Process(store, "first"), Process(store, "second")
    for _ in range(20):
        assert first.beat()
        assert not second.beat()
    assert steps(store) == 20
    assert second.room.next_due_at() is None
    assert first.room.next_due_at() == NIGHT


@pytest.mark.parametrize("ahead", [timedelta(), timedelta(hours=-3), timedelta(days=40)])
@pytest.mark.parametrize("late", [timedelta(milliseconds=1), BEAT - timedelta(milliseconds=1)])
def test_a_silent_holder_is_followed_within_the_promise_whatever_its_clock_says(
    store: SqlStore, ahead: timedelta, late: timedelta
) -> None:
    first, second = Process(store, "first", ahead), Process(store, "second")
    first.beat()
    second.beat(BEAT + late)
    for _ in range(3):
        first.beat()
        second.beat()
    died_at = second.clock.now() - late
    while not second.beat():
        assert second.clock.now() - died_at < PROMISED
    assert LEASE_FOR <= second.clock.now() - died_at < PROMISED


def test_a_clock_that_is_put_back_delays_no_takeover(store: SqlStore) -> None:
    first, second = Process(store, "first"), Process(store, "second")
    first.beat()
    second.beat()
    second.clock = SteppedClock(NIGHT - timedelta(hours=1))
    second.room.claim._clock = second.clock
    put_back_at = second.clock.now()
    while not second.beat():
        assert second.clock.now() - put_back_at < PROMISED


def test_whoever_lost_the_role_writes_nothing_and_begins_anew_when_it_is_theirs_again(
    store: SqlStore,
) -> None:
    first, second = Process(store, "first"), Process(store, "second")
    first.beat()
    paused = first.made[0]
    while not second.beat():
        pass
    before = steps(store)
    with pytest.raises(LeaseLost):
        paused.step()
    assert not first.beat(timedelta(milliseconds=1))
    assert steps(store) == before
    while not first.beat():
        pass
    assert first.made[-1] is not paused
    assert not second.beat()


def test_a_long_step_keeps_the_role_with_what_it_writes(store: SqlStore) -> None:
    first, second = Process(store, "first"), Process(store, "second")
    first.beat()
    loop = first.made[0]
    for _ in range(10):  # one step of the room that writes again and again
        first.clock.move_to(first.clock.now() + RENEW_AFTER)
        loop.step()
        assert not second.beat(RENEW_AFTER)


def test_a_renewal_that_rolled_back_is_made_up_for(store: SqlStore) -> None:
    first = Process(store, "first")
    first.beat()
    first.clock.move_to(first.clock.now() + BEAT)
    with pytest.raises(ZeroDivisionError), first.made[0].store.writing():
        _ = 1 / 0
    first.beat(timedelta(milliseconds=1))
    with store.reading() as uow:
        lease = uow.runners.lease("rules")
    assert lease is not None
    assert lease.renewed_at == first.clock.now()


def test_a_role_that_was_given_up_is_taken_at_the_next_beat(store: SqlStore) -> None:
    first, second = Process(store, "first"), Process(store, "second")
    first.beat()
    assert not second.beat()
    first.roles.give_up()
    assert second.beat()


def test_a_process_that_comes_back_under_its_own_name_waits_for_nobody(store: SqlStore) -> None:
    assert Process(store, "first").beat()
    assert Process(store, "first").beat(timedelta())


def test_a_house_alone_pays_for_nothing(store: SqlStore) -> None:
    room = Own(loop := Counting(store))
    assert (room.current, room.step, room.next_due_at) == (loop, loop.step, loop.next_due_at)
    with store.reading() as uow:
        assert uow.runners.all() == []
