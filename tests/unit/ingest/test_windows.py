"""The mark of a press in a test window: what came while it was open, live, and not long claimed before."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.domain.events import Mark
from services.domain.testing import TestWindow
from services.ingest.replay import replay
from tests.unit.ingest.door import BUTTON, NIGHT, OLD, SHANGHAI, Door, press

MINUTE = timedelta(minutes=1)


def opens(door: Door, device: Any = BUTTON, at: datetime = NIGHT) -> None:
    with door.store.writing() as uow:
        known = uow.devices.get(device.id)
        assert known is not None
        uow.devices.save(replace(known, test_window=TestWindow("wrk_tek", at, at + 5 * MINUTE)))


def marked(door: Door) -> list[bool]:
    return [Mark.IN_TEST_WINDOW in event.marks for event in door.presses]


@pytest.mark.parametrize(("after", "inside"), [(0, False), (0.001, True), (299.999, True), (300, False)])
def test_a_press_is_marked_that_is_received_inside_the_window(door: Door, after: float, inside: bool) -> None:
    opens(door)
    door.comes("button-1/alarm", press("17"), after=after)
    assert marked(door) == [inside]


def test_without_a_window_no_press_is_marked(door: Door) -> None:
    door.comes("button-1/alarm", press("17"), after=1)
    assert marked(door) == [False]


@pytest.mark.parametrize("kind", ["fall.detected", "smoke.detected", "gas.detected"])
def test_every_alarm_kind_can_be_tested(door: Door, kind: str) -> None:
    opens(door)
    door.comes("button-1/alarm", {"kind": kind, "id": "17"}, after=1)
    assert [event.marks for event in door.events] == [(Mark.IN_TEST_WINDOW,)]


def test_what_is_no_alarm_bears_no_mark(door: Door) -> None:
    opens(door)
    door.comes("button-1/event", {"kind": "device.battery", "data": {"percent": 50}}, after=1)
    assert [event.marks for event in door.events] == [()]


def test_a_press_that_is_sent_again_in_the_window_is_the_one_before_it(door: Door) -> None:
    door.comes("button-1/alarm", press("17"))
    opens(door, at=NIGHT + MINUTE)
    door.comes("button-1/alarm", press("17"), after=90)
    assert marked(door) == [False]
    assert door.receipts == ["stored", "duplicate"]


@pytest.mark.parametrize(("seconds", "inside"), [(30, True), (31, False)])
def test_a_press_that_waited_at_its_device_since_before_the_window_is_no_test(
    door: Door, seconds: int, inside: bool
) -> None:
    opens(door)
    door.comes("button-1/alarm", press("17", NIGHT - timedelta(seconds=seconds)), after=60)
    assert marked(door) == [inside]


def test_a_claim_that_nobody_believes_is_none(door: Door) -> None:
    opens(door)
    door.comes("button-1/alarm", press("17", NIGHT - timedelta(days=3000)), after=60)
    assert marked(door) == [True]


def test_a_copy_that_the_broker_kept_is_no_test(door: Door) -> None:
    opens(door)
    door.comes("button-1/alarm", press("17"), retained=True, after=1)
    assert marked(door) == [False]


def test_a_retired_device_has_no_window(door: Door) -> None:
    opens(door, OLD)
    door.comes("old/alarm", press("17"), after=1)
    assert marked(door) == [False]


def test_a_press_of_another_device_bears_no_mark(door: Door) -> None:
    opens(door, OLD)
    door.comes("button-1/alarm", press("17"), after=1)
    assert marked(door) == [False]


def test_what_cannot_be_read_is_no_test(door: Door) -> None:
    opens(door)
    door.comes("button-1/alarm", json.dumps({"kind": "call_button.pressed"})[:-1], after=1)
    assert [Mark.IN_TEST_WINDOW in event.marks for event in door.events] == [False]


def test_what_is_taken_in_again_out_of_quarantine_is_no_test(door: Door) -> None:
    late = replace(BUTTON, id="dev_late", external_id="late")
    door.comes("late/alarm", press("17"))
    with door.store.writing() as uow:
        uow.devices.add(late)
    opens(door, late)
    door.clock.at += MINUTE
    [entry] = door.quarantine
    again = replay(entry, door.store, door.clock, SHANGHAI)
    assert again.event is not None
    assert again.event.marks == (Mark.REPLAYED,)
