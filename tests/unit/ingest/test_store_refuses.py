"""Stored, then answered, then acknowledged: nothing is acknowledged while the store refuses, nothing is lost,
and one message that breaks the storing does not hold up the others.
"""

from __future__ import annotations

from typing import Any

import pytest

from services.domain.ports import Topic
from services.domain.records import QuarantineReason
from services.ingest.intake import Intake
from tests.unit.ingest.door import REFUSED, Door, press


def test_nothing_is_answered_or_acknowledged_while_the_store_refuses(door: Door) -> None:
    door.store.refusal = REFUSED
    door.comes("button-1/alarm", press("17"))
    assert door.inbox.acknowledged == []
    assert door.voice.said == []
    assert door.loop.fault is not None
    door.store.refusal = None
    door.work()
    assert len(door.presses) == 1
    assert door.receipts == ["stored"]
    assert len(door.inbox.acknowledged) == 1
    assert door.loop.fault is None


def test_the_houses_own_echo_waits_for_what_came_before_it_and_for_nothing_else(door: Door) -> None:
    door.store.refusal = REFUSED
    door.put("button-1/alarm", press("17"))
    door.put("~token/alarm", b"")
    door.work()
    assert door.inbox.acknowledged == []
    door.store.refusal = None
    door.work()
    assert len(door.inbox.acknowledged) == 2
    door.store.refusal = REFUSED
    door.comes("~another/event", b"")
    assert len(door.inbox.acknowledged) == 3, "all before it is stored"


def test_a_press_that_waited_keeps_the_time_at_which_it_came(door: Door) -> None:
    door.store.refusal = REFUSED
    came_at = door.put("button-1/alarm", press()).received_at
    door.work()
    door.clock.at = door.clock.at.replace(hour=20)
    door.store.refusal = None
    door.work()
    assert [event.received_at for event in door.presses] == [came_at]


def test_a_press_of_unknown_origin_that_could_not_be_stored_is_told_later(door: Door) -> None:
    door.store.refusal = REFUSED
    door.comes("nobody/alarm", press())
    door.store.refusal = None
    door.work()
    assert len(door.presses) == 1


def test_the_others_wake_only_for_something_new(door: Door) -> None:
    door.signals.woken.clear()
    door.comes("button-1/alarm", press("17"))
    assert door.signals.woken == [Topic.EVENTS]
    door.comes("button-1/alarm", press("17"))
    door.comes("mat.1/event", "{")
    assert door.signals.woken == [Topic.EVENTS]


def test_without_a_broker_the_event_is_stored_and_acknowledged_and_the_device_asks_again(door: Door) -> None:
    door.voice.is_connected = False
    door.comes("button-1/alarm", press("17"))
    door.voice.is_connected = True
    door.comes("button-1/alarm", press("17"), after=5)
    assert len(door.presses) == 1
    assert door.receipts == ["duplicate"]


class Breaking(Intake):
    """Fails on every batch that holds a certain message, as no test of this house foresaw."""

    def take_in(self, messages: Any) -> Any:
        if any(b"poison" in message.payload for message in messages):
            raise ZeroDivisionError
        return super().take_in(messages)


@pytest.fixture
def breaking(door: Door, monkeypatch: pytest.MonkeyPatch) -> Door:
    monkeypatch.setattr("services.ingest.run.Intake", Breaking)
    return door


def test_a_message_that_breaks_the_storing_is_set_aside_alone(breaking: Door) -> None:
    breaking.put("mat.1/event", {"kind": "bed.exited", "id": "1"})
    breaking.put("mat.1/event", {"kind": "bed.exited", "id": "poison"})
    breaking.put("button-1/alarm", press("17"))
    breaking.work()
    assert [event.device_event_id for event in breaking.events] == ["1", "17"]
    [entry] = breaking.quarantine
    assert (entry.reason, "ZeroDivisionError" in entry.detail) == (QuarantineReason.UNDECODABLE, True)
    assert len(breaking.inbox.acknowledged) == 3


def test_a_press_that_breaks_the_storing_is_told_as_of_unknown_origin(breaking: Door) -> None:
    breaking.comes("button-1/alarm", press("poison"))
    [event] = breaking.presses
    assert event.data["unknown_origin"] is True
    assert breaking.voice.said == [("anxin/v1/button-1/receipt", {"id": "poison", "result": "quarantined"})]


def test_a_store_that_goes_away_meanwhile_keeps_the_rest(
    breaking: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    for own_id in ("1", "poison", "3"):
        breaking.put("button-1/alarm", press(own_id))
    breaking.store.refusal = REFUSED
    breaking.work()
    assert breaking.inbox.acknowledged == []
    breaking.store.refusal = None
    breaking.work()
    assert len(breaking.presses) == 3
