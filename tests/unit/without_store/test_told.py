"""Who is told of an alarm that cannot be stored: step 1 and the duty desk, after 5 s, once, whatever else is
broken.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.domain.circle import Circle
from services.domain.devices import Device, DeviceType, Ecosystem
from services.domain.events import Event
from services.domain.notices import NoticeKind, NoticeReason
from services.domain.people import Language
from services.domain.snapshot import Snapshot
from services.escalation.policies import Policies
from services.escalation.text import message_of
from tests.unit.escalation import cast
from tests.unit.notify.community import BROKEN, REFUSED
from tests.unit.without_store.outage import Outage


def test_a_press_that_waits_less_than_5_s_is_told_by_nobody(outage: Outage) -> None:
    outage.presses("17")
    outage.waits(4.9)
    assert outage.heard() == []


def test_a_press_that_waits_5_s_reaches_step_1_and_the_duty_desk(outage: Outage) -> None:
    outage.presses("17")
    outage.waits(5)
    assert outage.heard() == ["desk", "pema"]
    assert outage.inbox.acknowledged == []
    assert outage.voice.said == []


def test_what_is_told_says_that_nothing_can_be_written(outage: Outage) -> None:
    outage.presses("17")
    outage.waits(5)
    sent = [sending for _, sending in outage.here.webhook.sent]
    assert {sending.notice.reason for sending in sent} == {NoticeReason.TOLD_WITHOUT_STORE}
    assert all("无法保存" in sending.message.text for sending in sent)
    assert all("卓玛" in sending.message.text for sending in sent)


def test_every_alarm_kind_is_told(outage: Outage) -> None:
    for kind in ("fall.detected", "smoke.detected", "gas.detected"):
        outage.comes("anxin/v1/btn-1/event", json.dumps({"kind": kind, "id": kind}))
    outage.waits(5)
    assert outage.heard() == ["desk"] * 3 + ["pema"] * 3


@pytest.mark.parametrize("own_id", ["17", None])
def test_a_device_that_sends_again_tells_nobody_again(outage: Outage, own_id: str | None) -> None:
    outage.presses(own_id)
    outage.waits(5)
    outage.heard()
    outage.presses(own_id)
    outage.waits(30)
    assert outage.heard() == []


def test_a_second_press_is_a_call_of_its_own_and_the_third_in_a_minute_is_not(outage: Outage) -> None:
    outage.presses("1")
    outage.waits(15)
    outage.presses("2")
    outage.waits(5)
    assert outage.heard() == ["desk", "desk", "pema", "pema"]
    assert outage.here.webhook.sent[-1][1].notice.kind is NoticeKind.JOINED
    outage.presses("3")
    outage.waits(20)
    assert outage.heard() == []
    outage.waits(60)
    outage.presses("4")
    outage.waits(5)
    assert outage.heard() == ["desk", "pema"]


def test_a_copy_that_the_broker_kept_waits_for_the_store(outage: Outage) -> None:
    outage.comes("anxin/v1/btn-1/alarm", json.dumps({"kind": "call_button.pressed"}), retained=True)
    outage.waits(10)
    assert outage.heard() == []


def test_a_press_of_a_device_that_nobody_registered_reaches_the_duty_desk_alone(outage: Outage) -> None:
    outage.presses("17", button="unknown")
    outage.waits(5)
    assert outage.heard() == ["desk"]


def test_what_cannot_be_read_on_the_alarm_lane_reaches_the_duty_desk(outage: Outage) -> None:
    outage.comes("anxin/v1/btn-1/alarm", "{ call_button.pressed")
    outage.waits(5)
    assert outage.heard() == ["desk"]


def test_a_press_of_a_device_without_a_resident_reaches_the_duty_desk(outage: Outage) -> None:
    outage.store.refusal = None
    with outage.store.writing() as uow:
        uow.devices.add(Device("door", "at-the-door", Ecosystem.NATIVE, DeviceType.CALL_BUTTON))
    outage.clock.move_to(outage.clock.now().replace(minute=30))
    outage.begins()
    outage.presses("17", button="at-the-door")
    outage.waits(5)
    assert outage.heard() == ["desk"]


def test_with_nobody_in_the_snapshot_the_last_resort_is_told(outage: Outage) -> None:
    outage.keeper.snapshot = Snapshot()
    outage.presses("17")
    outage.waits(5)
    assert outage.heard() == ["last"]


def test_without_any_rulebook_the_press_floor_tells(outage: Outage) -> None:
    def gone() -> dict[str, str]:
        raise OSError("the folder is gone")

    outage.rulebooks = gone
    outage.presses("17")
    outage.waits(5)
    assert outage.heard() == ["desk", "pema"]


def test_without_any_policy_everybody_near_is_told(outage: Outage) -> None:
    def gone() -> Policies:
        raise OSError("the folder is gone")

    outage.policies = gone
    outage.presses("17")
    outage.waits(5)
    assert outage.heard() == ["desk", "lhamo", "norbu", "pema", "tashi"]


def test_when_nothing_can_be_decided_about_a_resident_the_duty_desk_is_told(
    outage: Outage, monkeypatch: pytest.MonkeyPatch
) -> None:
    circle = outage.keeper.snapshot.circle

    def broken(**subject: Any) -> Circle:
        if subject["resident_id"]:
            raise ZeroDivisionError
        return circle(**subject)

    monkeypatch.setattr(outage.keeper.snapshot, "circle", broken)
    outage.presses("17")
    outage.waits(5)
    assert outage.heard() == ["desk"]


def test_an_alarm_that_cannot_be_told_keeps_no_other_from_it(
    outage: Outage, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell = outage.told.tell
    poison = outage.presses("poison")

    def broken(number: int, event: Event) -> bool:
        if number == poison.number:
            raise ZeroDivisionError
        return tell(number, event)

    monkeypatch.setattr(outage.told, "tell", broken)
    outage.waits(4)
    outage.presses("17")
    with pytest.raises(ZeroDivisionError):
        outage.waits(5)
    outage.clock.move_to(outage.clock.now() + timedelta(seconds=5))
    with pytest.raises(ZeroDivisionError):
        outage.watch.step()
    assert outage.heard() == ["desk", "pema"]


def test_when_everybody_called_is_out_of_reach_the_managers_are_told_and_so_on(outage: Outage) -> None:
    for who in ("pema", "desk", "mani", "ada"):
        outage.here.answers(who, REFUSED)
    outage.presses("17")
    outage.waits(8)
    assert outage.heard() == ["ada", "desk", "last", "mani", "pema"]


def test_a_channel_that_fails_for_now_is_tried_again(outage: Outage) -> None:
    outage.here.answers("pema", BROKEN)
    outage.presses("17")
    outage.waits(5)
    assert outage.heard() == ["desk", "pema"]
    outage.waits(11)
    assert outage.heard() == ["pema"]


def test_an_alert_that_somebody_has_calls_its_holder_and_the_desk(outage: Outage) -> None:
    outage.store.refusal = None
    outage.presses("1")
    outage.settle()
    outage.here.accept("tashi")
    outage.begins()
    outage.heard()
    outage.clock.move_to(outage.clock.now().replace(minute=5))
    outage.presses("2")
    outage.waits(5)
    assert outage.heard() == ["desk", "tashi"]


def test_whom_the_store_told_a_moment_ago_is_called_again_for_the_alert_may_be_closed(outage: Outage) -> None:
    outage.store.refusal = None
    outage.presses("1")
    outage.settle()
    outage.clock.move_to(outage.clock.now() + timedelta(seconds=15))
    outage.presses("2")
    outage.begins()
    assert "joined" in {notice.kind.value for notice in outage.notices()}
    outage.heard()
    outage.clock.move_to(outage.clock.now() + timedelta(seconds=15))
    outage.presses("3")
    outage.waits(5)
    assert outage.heard() == ["desk", "pema"]


def test_the_words_stand_in_every_language() -> None:
    case = cast.Case()
    case.press()
    [notice] = [each for each in case.notices if each.worker_id == "pema"]
    for language in Language:
        told = replace(notice, reason=NoticeReason.TOLD_WITHOUT_STORE, language=language)
        assert len(message_of(told).text) > len(message_of(replace(notice, language=language)).text)
