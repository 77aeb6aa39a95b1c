"""Retained copies: a press that the broker kept is told at most once, as unconfirmed, to the duty desk."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from services.domain.events import Event, Mark, Origin
from services.domain.instants import format_instant
from services.ingest.deduplication import Claimed, Sameness
from tests.unit.ingest.door import NIGHT, Door, press

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize("payload", [press("17", NIGHT), press("17"), press(at=NIGHT), press()])
def test_a_copy_of_a_stored_press_is_no_new_one(door: Door, payload: dict[str, object]) -> None:
    door.comes("button-1/alarm", payload)
    for _ in range(2):
        door.comes("button-1/alarm", payload, retained=True, after=7200)
    assert len(door.presses) == 1
    assert door.receipts == ["stored"]


@pytest.mark.parametrize("payload", [press("17", NIGHT - 59 * MINUTE), press("17"), press(at=NIGHT), press()])
def test_a_press_never_stored_is_told_once_as_unconfirmed_and_to_the_desk_alone(
    door: Door, payload: dict[str, object]
) -> None:
    for after in (0, 20, 3000):
        door.comes("button-1/alarm", payload, retained=True, after=after)
    door.loop = door.new_loop()
    door.comes("button-1/alarm", payload, retained=True, after=3000)
    [event] = door.presses
    assert event.marks == (Mark.UNCONFIRMED,)
    assert (event.device_id, event.resident_id, event.home_id) == ("dev_button", None, None)


@pytest.mark.parametrize(("minutes", "told"), [(59, 1), (60, 0)])
def test_an_hour_after_its_own_claim_it_is_past(door: Door, minutes: int, told: int) -> None:
    door.comes("button-1/alarm", press("17", NIGHT - minutes * MINUTE), retained=True)
    assert len(door.presses) == told


def test_a_live_press_after_an_unconfirmed_one_is_a_press(door: Door) -> None:
    door.comes("button-1/alarm", press(), retained=True)
    door.comes("button-1/alarm", press(), after=3)
    assert [event.resident_id for event in door.presses] == [None, "res_pema"]


@pytest.mark.parametrize("payload", [press("17", NIGHT), press("17"), press(at=NIGHT)])
def test_what_was_known_as_an_unconfirmed_copy_alone_is_a_press_once_its_device_says_it(
    door: Door, payload: dict[str, object]
) -> None:
    """Whoever pressed while the house was away sends again until the receipt: the copy must not answer it."""
    door.comes("button-1/alarm", payload, retained=True)
    for after in (3, 8, 30):
        door.comes("button-1/alarm", payload, after=after)
        door.comes("button-1/alarm", payload, retained=True, after=after)
        door.loop = door.new_loop()
    assert [event.resident_id for event in door.presses] == [None, "res_pema"]
    assert [event.marks for event in door.presses] == [(Mark.UNCONFIRMED,), ()]
    assert door.receipts == ["stored", "duplicate", "duplicate"]


@pytest.mark.parametrize("own_id", ["17", None])
def test_a_re_send_is_the_press_that_the_device_said_and_not_the_copy_before_it(own_id: str | None) -> None:
    said = Claimed(
        *("dev_button", "call_button.pressed", NIGHT, NIGHT),
        own_id=own_id,
        claim=format_instant(NIGHT),
        is_alarm=True,
    )

    def stored_as(key: str, *marks: Mark) -> Event:
        event = Event("evt", said.kind, said.occurred_at, said.received_at, Origin.DEVICE, marks=marks)
        return replace(event, device_id=said.device_id, device_event_id=own_id, dedupe_key=key)

    def sameness(event: Event) -> Sameness:
        return Sameness({(said.device_id, own_id or ""): [event]}, lambda *_: event, lambda: 1)

    copy = stored_as(sameness(stored_as("another")).unconfirmed(said, b"") or "", Mark.UNCONFIRMED)
    press = stored_as(sameness(copy).judge(said).key)
    assert press.dedupe_key not in {copy.dedupe_key, ""}
    again = replace(said, received_at=NIGHT + MINUTE)
    assert sameness(press).judge(again).key == press.dedupe_key


def test_a_retained_reading_is_no_event(door: Door) -> None:
    door.comes("mat.1/event", {"kind": "bed.exited"}, retained=True)
    assert door.events == []


def test_a_retained_copy_is_no_sign_of_life(door: Door) -> None:
    door.comes("button-1/alarm", press(), retained=True)
    assert door.device("dev_button").last_seen_at is None


def test_what_cannot_be_read_and_is_retained_is_told_once_for_as_long_as_it_stays(door: Door) -> None:
    for _ in range(3):
        door.comes("nobody/alarm", "call_button.pressed!", retained=True, after=3600)
        door.loop = door.new_loop()
    assert len(door.presses) == 1
    assert [entry.count for entry in door.quarantine] == [3]
