"""Two processes of ingest at one Mosquitto share the load; every message is stored once, and states are heard
by both.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from services.domain.events import Event
from tests.stores import sqlite_store
from tests.wire.house import SECONDS, House, StockClient, native
from tests.wire.mosquitto import Mosquitto

pytestmark = [pytest.mark.needs_program("mosquitto"), pytest.mark.needs_program("mosquitto_pub")]


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    broker = Mosquitto(tmp_path / "broker")
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture
def two(broker: Mosquitto, tmp_path: Path) -> Iterator[tuple[House, House]]:
    devices = [native("button"), native("mat")]
    with (
        House(broker, tmp_path, devices, name="first", shares=True) as first,
        House(broker, tmp_path, devices, name="second", shares=True) as second,
    ):
        yield first, second


def counted(houses: Sequence[House]) -> Counter[str]:
    return sum((house.loop.counts for house in houses), Counter())


def wait_for(houses: Sequence[House], outcome: str, number: int) -> None:
    """Wait until all together have counted so many."""
    over = threading.Event()
    waiting = [
        threading.Thread(target=house.wait_for, args=(lambda: over.is_set() or is_enough(),))
        for house in houses
    ]

    def is_enough() -> bool:
        if counted(houses)[outcome] >= number:
            over.set()
        return over.is_set()

    for each in waiting:
        each.start()
    over.wait(SECONDS)
    for house in houses:
        house._tell()
    for each in waiting:
        each.join()
    assert over.is_set(), [house.loop.counts for house in houses]


def events_in(folder: Path) -> list[Event]:
    """Everything stored, as somebody else reads it."""
    store = sqlite_store(folder)
    try:
        with store.reading() as uow:
            return uow.events.after(0, 1000)
    finally:
        store.close()


def test_both_get_work_and_each_message_is_stored_once(
    two: tuple[House, House], stock: StockClient, tmp_path: Path
) -> None:
    for number in range(20):
        said = {"id": f"n{number}", "kind": "bed.exited"}
        assert stock.publish("anxin/v1/mat/event", said).returncode == 0
    wait_for(two, "stored", 20)
    assert counted(two)["stored"] == 20
    assert all(house.loop.counts["stored"] >= 5 for house in two)
    assert len(events_in(tmp_path)) == 20


def test_a_press_that_is_sent_again_reaches_the_other_and_is_no_second_event(
    two: tuple[House, House], stock: StockClient, tmp_path: Path
) -> None:
    said = {"id": "17", "kind": "call_button.pressed"}
    for _ in range(2):
        assert stock.publish("anxin/v1/button/alarm", said).returncode == 0
    wait_for(two, "duplicate", 1)
    assert sorted(house.loop.counts["stored"] for house in two) == [0, 1]
    assert sorted(house.loop.counts["duplicate"] for house in two) == [0, 1]
    assert len(events_in(tmp_path)) == 1


def test_a_state_is_heard_by_both_and_stored_once(
    two: tuple[House, House], stock: StockClient, tmp_path: Path
) -> None:
    for number, state in enumerate(("online", "offline", "online"), start=1):
        assert stock.publish("anxin/v1/mat/status", state, "-r").returncode == 0
        # One that lags behind by more than lies between two states takes the older for a change back.
        wait_for(two, "ignored:state_unchanged", number)
    kinds = [event.kind for event in events_in(tmp_path)]
    assert kinds == ["device.online", "device.offline", "device.online"]


def test_a_process_that_begins_to_share_under_its_old_name_hears_everything_once(
    broker: Mosquitto, tmp_path: Path, stock: StockClient
) -> None:
    devices = [native("mat")]
    with House(broker, tmp_path, devices, name="only", shares=False):
        pass
    stock.publish("anxin/v1/mat/event", {"id": "kept", "kind": "bed.exited"})
    with House(broker, tmp_path, devices, name="only", shares=True) as house:
        house.wait_for_events(1)
        stock.publish("anxin/v1/mat/event", {"id": "new", "kind": "bed.entered"})
        house.wait_for_events(2)
        stock.publish("anxin/v1/mat/event", {"id": "newer", "kind": "bed.exited"})
        house.wait_for_events(3)
        # A receipt may be lost while the old session ends; its device sends again. Nothing is heard twice.
        assert house.loop.counts - Counter(receipts_lost=1) == {"stored": 3}
