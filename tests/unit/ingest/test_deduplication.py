"""Which messages are one event (docs/wire): one press is one event, and in doubt it is new."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.domain.events import Mark
from tests.unit.ingest.door import NIGHT, Door, press

SECOND = timedelta(seconds=1)
HOUR = 3600


def test_a_re_send_is_the_same_event_and_is_answered_as_a_duplicate(door: Door) -> None:
    for after in (0, 5, 7200):
        door.comes("button-1/alarm", press("17", NIGHT), after=after)
    assert len(door.presses) == 1
    assert door.receipts == ["stored", "duplicate", "duplicate"]


def test_a_re_send_with_a_clock_that_is_not_believed_is_the_same_event(door: Door) -> None:
    for after in (0, 60):
        door.comes("button-1/alarm", press("17", NIGHT - timedelta(days=900)), after=after)
    assert len(door.presses) == 1


def test_one_spelling_of_an_instant_is_as_good_as_another(door: Door) -> None:
    door.comes("button-1/alarm", press("17") | {"occurred_at": "2025-07-23T02:13:05+08:00"})
    door.comes("button-1/alarm", press("17") | {"occurred_at": "2025-07-22T18:13:05.000Z"}, after=60)
    assert len(door.presses) == 1


@pytest.mark.parametrize(
    ("second", "is_new"),
    [
        (press("17", NIGHT + SECOND), True),
        (press("18", NIGHT), True),
        (press("17", NIGHT, kind="fall.detected"), True),
        (press("17", NIGHT, data={"press": "hold"}), False),
    ],
)
def test_an_id_means_the_same_only_with_the_same_kind_and_time(
    door: Door, second: dict[str, object], is_new: bool
) -> None:
    door.comes("button-1/alarm", press("17", NIGHT))
    door.comes("button-1/alarm", second, after=1)
    assert len(door.events) == 1 + is_new


def test_a_reused_id_is_a_new_event_and_marked(door: Door) -> None:
    door.comes("button-1/alarm", press("17", NIGHT))
    door.comes("button-1/alarm", press("17", NIGHT + 300 * SECOND), after=300)
    first, second = door.presses
    assert (first.marks, second.marks) == ((), (Mark.ID_REUSED,))
    door.comes("button-1/alarm", press("17", NIGHT + 300 * SECOND), after=1)
    assert len(door.presses) == 2


@pytest.mark.parametrize(("after", "presses"), [(HOUR, 1), (HOUR + 1, 2)])
def test_an_id_without_a_time_means_the_first_for_one_hour(door: Door, after: int, presses: int) -> None:
    door.comes("button-1/alarm", press("17"))
    door.comes("button-1/alarm", press("17"), after=after)
    assert len(door.presses) == presses
    assert door.presses[-1].marks == ((Mark.ID_REUSED,) if presses == 2 else ())


def test_the_hour_counts_from_the_first_and_is_not_drawn_out_by_re_sends(door: Door) -> None:
    for after in (0, 2000, 1600, 1):
        door.comes("button-1/alarm", press("17"), after=after)
    assert len(door.presses) == 2


@pytest.mark.parametrize(("after", "presses"), [(10, 1), (10.5, 2)])
def test_presses_without_an_id_within_ten_seconds_are_one(door: Door, after: float, presses: int) -> None:
    door.comes("button-1/alarm", press())
    door.comes("button-1/alarm", press(), after=after)
    assert len(door.presses) == presses


def test_a_button_that_repeats_for_minutes_is_not_swallowed(door: Door) -> None:
    for _ in range(7):
        door.comes("button-1/alarm", press(), after=8)
    assert len(door.presses) == 4


def test_presses_that_were_held_back_and_come_together_are_as_many_as_they_were(door: Door) -> None:
    for minutes in (9, 5, 1):
        door.put("button-1/alarm", press(at=NIGHT - timedelta(minutes=minutes)))
    door.work()
    assert len(door.presses) == 3


def test_a_late_re_send_of_an_old_press_swallows_no_new_one(door: Door) -> None:
    door.put("button-1/alarm", press(at=NIGHT))
    door.put("button-1/alarm", press(at=NIGHT + 30 * SECOND), after=30)
    door.put("button-1/alarm", press(at=NIGHT), after=15)
    door.put("button-1/alarm", press(at=NIGHT + 49 * SECOND), after=4)
    door.work()
    assert [event.occurred_at - NIGHT for event in door.presses] == [0 * SECOND, 30 * SECOND, 49 * SECOND]


def test_repeats_within_one_batch_are_known_as_well(door: Door) -> None:
    for payload in (press("17"), press("17"), press(), press()):
        door.put("button-1/alarm", payload)
    door.work()
    assert [event.device_event_id for event in door.presses] == ["17"]


def test_readings_without_an_id_are_all_kept(door: Door) -> None:
    for heart_rate in (61, 61, 62):
        door.put("mat.1/event", {"kind": "bed.vitals", "data": {"heart_rate": heart_rate}})
    door.work()
    assert len(door.events) == 3


def test_two_devices_may_use_the_same_id(door: Door) -> None:
    door.comes("button-1/event", press("1", NIGHT))
    door.comes("mat.1/event", press("1", NIGHT))
    assert [event.device_id for event in door.presses] == ["dev_button", "dev_mat"]
    assert all(event.marks == () for event in door.presses)


def test_after_a_restart_a_re_send_is_still_known(door: Door) -> None:
    door.comes("button-1/alarm", press("17"))
    door.comes("button-1/alarm", press(), after=30)
    door.loop = door.new_loop()
    door.comes("button-1/alarm", press("17"), after=5)
    door.comes("button-1/alarm", press())
    assert len(door.presses) == 2
