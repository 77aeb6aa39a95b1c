"""Without the store nothing is a test: no window is looked at, and no test is waited for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from services.domain.events import Mark
from services.domain.notices import NoticeKind, NoticeReason
from services.domain.testing import TestWindow
from tests.unit.without_store.outage import FULL, Outage


@pytest.fixture
def tested(tmp_path: Path) -> Iterator[Outage]:
    """The window of Dolma's button is open, and known to the copy in memory; everything can be stored."""
    made = Outage(tmp_path)
    now = made.clock.now()
    with made.store.writing() as uow:
        button = uow.devices.get("button")
        assert button is not None
        window = TestWindow("tek", now - timedelta(seconds=1), now + timedelta(minutes=10))
        uow.devices.save(replace(button, test_window=window))
    made.clock.move_to(now + timedelta(minutes=1))
    made.settle()
    yield made
    made.close()


def test_a_press_in_the_window_is_a_call_where_it_cannot_be_stored(tested: Outage) -> None:
    assert tested.keeper.snapshot.devices.get("button").test_window is not None  # type: ignore[union-attr]
    tested.begins()
    tested.presses("17")
    tested.waits(5)
    assert tested.heard() == ["desk", "pema"]
    tested.ends()
    [alert] = tested.alerts
    [event] = tested.events
    assert (alert.test, alert.policy) == (None, "emergency")
    assert event.marks == (Mark.TOLD_WITHOUT_STORE,)
    assert tested.heard() == [], "nobody is told again, least of all that it is a test"


def test_a_press_that_is_stored_before_anybody_was_told_is_a_test(tested: Outage) -> None:
    tested.begins()
    tested.presses("17")
    tested.waits(4)
    tested.ends()
    assert tested.heard() == ["tek"]
    assert tested.alerts[0].test is not None


def test_a_second_press_that_cannot_be_stored_makes_a_running_test_a_call(tested: Outage) -> None:
    tested.presses("17")
    tested.settle()
    assert tested.heard() == ["tek"]
    tested.begins()
    tested.waits(1)
    tested.presses("18")
    tested.waits(6)
    assert tested.heard() == ["desk", "pema", "tek"]
    told = tested.sent_ids()
    tested.ends()
    [alert] = tested.alerts
    assert (alert.test, len(alert.facts)) == (None, 2)
    assert tested.sent_ids() == told, "what was told and what is stored are the same notices"
    for who in ("desk", "pema"):
        assert [notice.reason for notice in tested.sent_to(who)] == [NoticeReason.TOLD_WITHOUT_STORE]


def test_a_test_whose_minute_ends_in_an_outage_is_a_call_when_the_store_is_back(tested: Outage) -> None:
    tested.presses("17")
    tested.settle()
    tested.heard()
    tested.begins()
    tested.waits(90)
    tested.ends()
    assert tested.heard() == ["pema", "tek"]


def test_a_test_that_a_hanging_commit_stored_while_people_were_called_is_a_call(tested: Outage) -> None:
    """The transaction hangs for so long that people are called, and is committed after all."""

    def hangs() -> None:
        tested.store.hangs = None
        tested.looks(9)

    tested.presses("17")
    tested.store.hangs = hangs
    tested.settle()
    tested.late.step()
    [alert] = tested.alerts
    assert alert.test is None
    called = {notice.worker_id for notice in tested.notices() if notice.kind is NoticeKind.ALERT}
    assert {"pema", "desk"} <= called
    assert tested.store.refusal is not FULL
