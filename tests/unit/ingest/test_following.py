"""What follows from a press is stored with it or not at all, and never keeps the press from being stored."""

from __future__ import annotations

from collections.abc import Callable

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
