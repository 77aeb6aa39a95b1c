"""The house's own press: the whole way and back, to nobody else, and two in a row that do not come back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from services.domain.alerts import AlertState, Outcome
from services.domain.devices import Device, DeviceType, Ecosystem
from services.domain.notices import AttemptResult
from services.domain.people import ChannelKind, Resident
from services.domain.self_watch import RESIDENT_ID, PressState
from services.domain.wire import alarm_topic
from services.ingest.messages import Message
from tests.unit.self_watch.house import PACE, START, House

MINUTE = timedelta(minutes=1)


def test_a_press_goes_the_whole_way_and_its_alert_is_closed_as_a_test(house: House) -> None:
    house.seconds(63)
    [press] = house.ended
    assert (press.state, press.pressed_at) == (PressState.BACK, START + MINUTE)
    with house.store.reading() as uow:
        [alert] = uow.alerts.page({"synthetic": True}, 0, 9).items
        [notice] = uow.notices.of_alert(alert.id)
        [attempt] = uow.notices.attempts([notice.id])
    assert (alert.state, alert.outcome, alert.closed_by) == (AlertState.CLOSED, Outcome.TEST, "house")
    assert (attempt.channel, attempt.result) == (ChannelKind.LOOPBACK, AttemptResult.DELIVERED)
    assert house.rang() == []
    assert [body["state"] for topic, body in house.letterbox.published if topic.endswith("command")] == [
        "heard",
        "over",
    ]


def test_a_press_a_minute_and_nobody_is_ever_told(house: House) -> None:
    house.seconds(185)
    assert [press.pressed_at - START for press in house.ended] == [MINUTE, 2 * MINUTE, 3 * MINUTE]
    assert {press.state for press in house.ended} == {PressState.BACK}
    assert house.rang() == []


def test_two_missed_presses_are_known_a_hundred_seconds_after_the_last_that_was_well(house: House) -> None:
    house.seconds(62)
    house.button.is_cut = True
    house.seconds(97)
    assert house.sight.missed == 1
    house.seconds(2)
    assert house.sight.missed == 2
    assert house.clock.now() - (START + MINUTE) <= PACE.longest_without + timedelta(seconds=1)
    house.button.is_cut = False
    house.seconds(25)
    assert house.sight.missed == 0


def test_no_person_is_told_even_if_the_loop_back_does_not_answer(tmp_path: Path) -> None:
    house = House(tmp_path, loopback=False)
    house.seconds(60)
    # As if nobody closed it: past every step, fallback and round of the policy.
    rooms, house.rooms = house.rooms, house.rooms[:4]
    house.on(hours=1)
    with house.store.reading() as uow:
        [alert] = uow.alerts.page({"synthetic": True}, 0, 9).items
        told = {channel.kind for each in uow.notices.of_alert(alert.id) for channel in each.channels}
    assert alert.is_running
    assert told == {ChannelKind.LOOPBACK}
    house.rooms = rooms
    house.seconds(2)
    assert [press.state for press in house.ended] == [PressState.MISSED]
    assert house.rang() == []
    house.close()


def test_a_press_under_way_at_a_restart_is_looked_for_after_it(house: House) -> None:
    house.on(seconds=60)
    house.build()
    house.seconds(3)
    assert [press.state for press in house.ended] == [PressState.BACK]
    house.build()
    house.seconds(60)
    assert len(house.ended) == 2


@pytest.mark.parametrize("days", [6, 8])
def test_what_is_synthetic_is_forgotten_after_a_week_and_nothing_else(house: House, days: int) -> None:
    resident = Resident("res_1", "hom_1", "措姆", START)
    button = Device("dev_1", "b-1", Ecosystem.NATIVE, DeviceType.CALL_BUTTON, "hom_1", resident_id="res_1")
    house.real_button(button, resident)
    real = Message(alarm_topic("b-1"), b'{"id": "1", "kind": "call_button.pressed"}', START)
    house.letterbox.waiting.append(real)
    house.seconds(63)
    house.button.is_cut = True
    house.rooms = house.rooms[-1:]  # of the others the real alert would ring for days
    house.clock.move_to(house.clock.now() + timedelta(days=days))
    house.rooms[0].step()
    with house.store.reading() as uow:
        for page in (uow.events.page, uow.findings.page, uow.alerts.page, uow.notices.page):
            assert bool(page({"synthetic": True}, 0, 9).items) is (days < 7)
            assert page({"synthetic": False}, 0, 9).items
        attempts = uow.notices.attempts_page({"channel": ChannelKind.LOOPBACK}, 0, 9).items
        assert bool(attempts) is (days < 7)
        assert uow.residents.get(RESIDENT_ID) is not None
        assert (uow.self_watch.since(START)[0].pressed_at == START + MINUTE) is (days < 7)


def test_a_press_of_the_house_whose_button_is_not_there_tells_nobody(house: House) -> None:
    with house.store.writing() as uow:
        device = uow.devices.get("dev_self_watch")
        assert device is not None
        uow.devices.save(replace(device, external_id="another"))
    house.seconds(90)
    assert house.rang() == []
    assert house.sight.missed == 1
