"""What follows from a press is stored with it or not at all, and never keeps the press from being stored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from services.domain.ports import UnitOfWork
from services.ingest.messages import Lane
from tests.unit.ingest.door import REFUSED, Door, press


class Followed:
    """Sets a cursor with the press, and says in which order what was done."""

    def __init__(self, door: Door) -> None:
        self.door = door
        self.fails: Exception | None = None
        self.done: list[str] = []

    def __call__(self, uow: UnitOfWork) -> Callable[[], None]:
        uow.cursors.set("followed", uow.events.last_seq())
        self.done.append("written")
        if self.fails is not None:
            raise self.fails
        return lambda: self.done.append(f"sent, {len(self.door.inbox.acknowledged)} acknowledged")

    @property
    def stored(self) -> int:
        with self.door.store.reading() as uow:
            return uow.cursors.get("followed")


@pytest.fixture
def followed(door: Door) -> Followed:
    following = Followed(door)
    door.following = following
    door.loop = door.new_loop()
    return following


def test_what_follows_is_stored_with_the_press_and_sent_after_the_commit(
    door: Door, followed: Followed
) -> None:
    door.comes("button-1/alarm", press("17"))
    assert followed.stored == door.presses[0].seq
    assert followed.done == ["written", "sent, 0 acknowledged"]
    assert door.receipts == ["stored"]


def test_nothing_is_sent_of_what_could_not_be_committed(door: Door, followed: Followed) -> None:
    door.store.refusal = REFUSED
    door.comes("button-1/alarm", press("17"))
    assert (followed.stored, followed.done) == (0, ["written"])
    door.store.refusal = None
    door.work()
    assert followed.stored == door.presses[0].seq


def test_a_press_is_stored_whatever_breaks_behind_it(door: Door, followed: Followed) -> None:
    followed.fails = RuntimeError("a pipe burst")
    door.comes("button-1/alarm", press("17"))
    assert len(door.presses) == 1
    assert followed.stored == 0, "what was written of it is taken back"
    assert door.receipts == ["stored"]


def test_a_press_has_a_transaction_without_the_telemetry_that_came_with_it(
    door: Door, followed: Followed
) -> None:
    door.put("mat.1/event", {"id": "1", "kind": "bed.exited"})
    door.put("button-1/alarm", press("17")).lane = Lane.ALARMS
    assert door.loop.step()
    assert [event.kind for event in door.events] == ["call_button.pressed"]
    door.work()
    assert [event.kind for event in door.events] == ["call_button.pressed", "bed.exited"]
    assert followed.done == ["written", "sent, 0 acknowledged", "written", "sent, 1 acknowledged"]


def test_a_disk_that_fills_up_behind_a_press_keeps_the_press_unacknowledged(door: Door) -> None:
    def fills_the_disk(uow: UnitOfWork) -> Callable[[], None]:
        connection = uow.events._connection  # type: ignore[attr-defined]
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        pressed = uow.events.after(0, 1)[0]
        uow.events.append([replace(pressed, id=f"evt_{n}", dedupe_key=f"evt_{n}") for n in range(500)])
        raise AssertionError("there was room")

    door.following = fills_the_disk
    door.loop = door.new_loop()
    door.comes("button-1/alarm", press("17"))
    assert door.presses == []
    assert (door.receipts, door.inbox.acknowledged) == ([], [])
    assert len(door.inbox.waiting) == 1
    assert door.loop.fault is not None
    door.following = None
    door.loop = door.new_loop()
    with door.store.writing() as uow:
        uow.events._connection.exec_driver_sql("PRAGMA max_page_count = 1000000")  # type: ignore[attr-defined]
    door.work()
    assert len(door.presses) == 1
    assert door.receipts == ["stored"]
