"""Reassure: what the light of a button says to whoever pressed it."""

from dataclasses import replace

from services.domain.devices import Ecosystem
from services.domain.notices import ReassureState
from services.escalation.reassure import on_device_online
from tests.unit.escalation.cast import BUTTON, OUT_OF_BED, Case


def said(case: Case) -> list[ReassureState]:
    return [command.state for command in case.commands]


def test_a_press_is_heard_then_somebody_comes_is_there_and_it_is_over() -> None:
    case = Case()
    case.press()
    case.accept("pema")
    case.arrive("pema")
    case.close("pema")
    assert said(case) == ["heard", "coming", "arrived", "over"]
    assert {command.external_id for command in case.commands} == {"btn-1"}


def test_a_joined_press_hears_the_present_state_again() -> None:
    case = Case()
    case.press()
    case.press()
    case.accept("pema")
    case.press()
    assert said(case) == ["heard", "heard", "coming", "coming"]
    assert len({command.id for command in case.commands}) == 4


def test_when_it_escalates_again_nobody_is_coming_any_more() -> None:
    case = Case()
    case.press()
    case.accept("pema")
    case.after(minutes=20)
    assert said(case) == ["heard", "coming", "heard"]


def test_a_device_that_raised_no_alarm_is_not_spoken_to() -> None:
    case = Case()
    case.find(**{**OUT_OF_BED, "device_id": "button"})
    case.accept("pema")
    assert said(case) == []


def test_a_device_of_another_ecosystem_has_no_wire_for_it() -> None:
    case = Case(devices={"button": replace(BUTTON, ecosystem=Ecosystem.ZIGBEE2MQTT)})
    case.press()
    assert said(case) == []


def test_a_device_that_comes_back_hears_the_present_state() -> None:
    case = Case()
    case.press()
    case.accept("pema")
    commands = on_device_online(BUTTON, [case.running], case.now, cause="evt_1")
    assert [command.state for command in commands] == [ReassureState.COMING]


def test_a_device_that_comes_back_to_nothing_hears_nothing() -> None:
    case = Case()
    case.press()
    case.arrive("pema")
    case.close("pema")
    assert on_device_online(BUTTON, [case.running], case.now, cause="evt_1") == ()
