"""What the pages of devices are decided by: which names are taken for one another, which events prove a type,
what the square code says, where an address leads.
"""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from services.console.api.devices import MqttShape
from services.console.pages.devices.advice import FIRST_AFTER, MORE_AFTER, TASKS, advice_for
from services.console.pages.devices.clues import are_alike
from services.console.pages.devices.square_code import code_of, is_of_this_machine, text_of
from services.console.pages.devices.steps import PROOFS
from services.console.pages.devices.terms import StepKind
from services.console.pages.words import KIND_WORDS
from services.domain.devices import Device, DeviceType, Ecosystem
from services.domain.kinds import ALARM_KINDS, DEVICE_KINDS, KINDS

SHOWN = MqttShape(url="mqtt://192.0.2.7:1883", username="button-1", password="p-_Q")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("button-17", "Button-17"),
        ("button-17", "button_17"),
        ("button-17", "button-71"),
        ("button-17", "button-1"),
        ("0x00158d0001a2b3c4", "a2b3c4"),
        ("B17", "b-17"),
    ],
)
def test_a_slip_of_the_finger_is_taken_for_the_same_name(one: str, other: str) -> None:
    assert are_alike(one, other)
    assert are_alike(other, one)


@pytest.mark.parametrize(
    ("one", "other"), [("button-17", "mat-0042"), ("button-17", "7"), ("a", "b"), ("bed-1", "door-9")]
)
def test_two_names_are_two_names(one: str, other: str) -> None:
    assert not are_alike(one, other)


def test_each_type_is_proved_by_what_such_devices_send_and_an_alarm_by_itself() -> None:
    assert set(PROOFS) == set(DeviceType)
    for kind, proofs in PROOFS.items():
        assert all(kind in KINDS[event].sent_by for event in proofs.values()), kind
    assert {event for proofs in PROOFS.values() for event in proofs.values()} >= ALARM_KINDS


def test_every_step_that_can_be_due_says_what_to_do() -> None:
    proofs = {step for proofs in PROOFS.values() for step in proofs}
    assert set(TASKS) == proofs | {StepKind.CREDENTIALS, StepKind.TOLD, StepKind.ANSWERED}


@pytest.mark.parametrize("ecosystem", Ecosystem)
def test_there_is_advice_for_every_way_in_and_more_of_it_later(ecosystem: Ecosystem) -> None:
    device = Device("d", "d", ecosystem, DeviceType.CALL_BUTTON)
    for due in (StepKind.HEARD, StepKind.PRESSED, StepKind.TOLD):
        first = advice_for(device, due, FIRST_AFTER)
        assert first, due
        assert len(advice_for(device, due, MORE_AFTER)) > len(first), due
        assert advice_for(device, due, FIRST_AFTER - timedelta(microseconds=1)) == ()


def test_everything_that_a_device_may_say_has_a_word() -> None:
    assert set(KIND_WORDS) >= DEVICE_KINDS


def test_the_square_code_says_what_the_api_says() -> None:
    assert text_of(SHOWN) == '{"url":"mqtt://192.0.2.7:1883","username":"button-1","password":"p-_Q"}'
    assert json.loads(text_of(SHOWN)) == SHOWN.model_dump()


def test_the_square_code_is_dark_on_white_and_needs_no_style() -> None:
    drawn = code_of(SHOWN)
    assert drawn.startswith("<svg")
    assert 'fill="#fff"' in drawn
    assert 'stroke="#000"' in drawn
    assert "style" not in drawn


@pytest.mark.parametrize(
    ("address", "is_own"),
    [
        ("mqtt://127.0.0.1:1883", True),
        ("mqtt://[::1]:1883", True),
        ("mqtt://localhost:1883", True),
        ("mqtt://192.0.2.7:1883", False),
        ("mqtts://broker.example.org:8883", False),
    ],
)
def test_an_address_of_this_machine_alone_is_known(address: str, is_own: bool) -> None:
    assert is_of_this_machine(address) == is_own
