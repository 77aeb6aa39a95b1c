"""Of several processes that deliver, whoever is left alone takes up what the others had on its way; and one
speaks to devices.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from services.domain.ports import BrokerUnavailable, UnitOfWork
from services.storage.store import SqlStore
from services.wiring.clock import SteppedClock
from services.wiring.delivering import BesideOthers, SpeaksWhileLeading
from services.wiring.leading import Shared
from tests.unit.notify.community import RecordingPublisher

NIGHT = datetime(2025, 7, 23, 2, 0, tzinfo=UTC)
BEAT = timedelta(seconds=1)


class Delivery:
    """Notes when it takes over."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store
        self.took_over = 0

    def take_over(self, is_alone: Callable[[UnitOfWork], bool]) -> bool:
        with self._store.writing() as uow:
            alone = is_alone(uow)
        self.took_over += alone
        return alone

    def step(self) -> bool:
        return False

    def next_due_at(self) -> datetime | None:
        return None


class Process:
    def __init__(self, store: SqlStore, clock: SteppedClock, name: str) -> None:
        self.roles = Shared(store, clock, name)
        self.delivery = Delivery(store)
        self.room = BesideOthers(self.roles, self.delivery)  # type: ignore[arg-type]


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock(NIGHT)


def beat(clock: SteppedClock, times: int, *processes: Process) -> None:
    for _ in range(times):
        clock.move_to(clock.now() + BEAT)
        for process in processes:
            process.room.step()


def test_one_that_starts_alone_takes_up_what_was_on_its_way(store: SqlStore, clock: SteppedClock) -> None:
    first = Process(store, clock, "first")
    beat(clock, 5, first)
    assert first.delivery.took_over == 1


def test_nobody_takes_what_is_on_its_way_elsewhere_while_that_one_lives(
    store: SqlStore, clock: SteppedClock
) -> None:
    first, second = Process(store, clock, "first"), Process(store, clock, "second")
    beat(clock, 1, first)
    beat(clock, 20, first, second)
    assert (first.delivery.took_over, second.delivery.took_over) == (1, 0)


def test_whoever_is_left_alone_takes_it_up_once(store: SqlStore, clock: SteppedClock) -> None:
    first, second = Process(store, clock, "first"), Process(store, clock, "second")
    beat(clock, 3, first, second)
    beat(clock, 6, second)
    assert second.delivery.took_over == 1
    beat(clock, 6, second)
    assert second.delivery.took_over == 1


def test_one_that_ended_properly_is_not_waited_for(store: SqlStore, clock: SteppedClock) -> None:
    first, second = Process(store, clock, "first"), Process(store, clock, "second")
    beat(clock, 3, first, second)
    first.roles.give_up()
    beat(clock, 1, second)
    assert second.delivery.took_over == 1


def test_only_who_leads_speaks_to_devices() -> None:
    publisher = RecordingPublisher()
    leads = [True, False]
    speaking = SpeaksWhileLeading(publisher, lambda: leads.pop(0))
    speaking.publish("anxin/v1/a/command", b"1")
    with pytest.raises(BrokerUnavailable):
        speaking.publish("anxin/v1/a/command", b"2")
    assert publisher.published == [("anxin/v1/a/command", b"1")]
