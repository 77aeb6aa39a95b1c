"""The nightly path check: one quiet test a channel to those on duty; what refused is told in the morning."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from services.domain.findings import Severity
from services.domain.people import Channel, ChannelKind, Role
from services.domain.self_watch import CheckState, PathCheck
from services.escalation.text import message_of
from tests.unit.self_watch.house import START, House

CHECK = START + timedelta(hours=1, minutes=30)
SECOND = Channel(ChannelKind.WEBHOOK, "https://example.invalid/second")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path, presses=False)
    yield made
    made.close()


def last(house: House) -> PathCheck:
    with house.store.reading() as uow:
        found = uow.self_watch.last_check()
    assert found is not None
    return found


def test_each_channel_of_each_person_on_duty_has_one_quiet_test(house: House) -> None:
    house.on_duty("night", CHECK - timedelta(minutes=30), CHECK + timedelta(hours=8))
    house.on_duty("day", CHECK - timedelta(hours=9), CHECK)
    with house.store.writing() as uow:
        uow.workers.save(house.worker("manager", Role.MANAGER, SECOND))
    house.on(hours=2)
    rang = [(at, address.rpartition("/")[2], kind) for at, address, kind in house.telephones.rang]
    assert {each[1] for each in rang} == {"duty_desk", "technician", "manager", "second", "night"}
    assert {(each[0], each[2]) for each in rang} == {(CHECK, "test")}
    assert (last(house).told, last(house).refused) == (5, 0)


def test_it_says_in_everybodys_language_that_nothing_is_to_be_done(house: House) -> None:
    house.on(hours=2)
    with house.store.reading() as uow:
        notices = uow.notices.of_alert(last(house).id)
    assert {message_of(notice).title for notice in notices} == {"线路检查，无需处理"}
    assert {notice.severity for notice in notices} == {Severity.LOW}


def test_a_restart_in_the_middle_tests_nobody_twice(house: House) -> None:
    house.telephones.out_of_order.add("https://example.invalid/technician")
    house.on(hours=1, minutes=30)
    house.build()
    house.on(minutes=5)
    house.build()
    house.on(minutes=30)
    tests = [address for _, address, kind in house.telephones.rang if kind == "test"]
    assert sorted(each.rpartition("/")[2] for each in tests) == ["duty_desk", "manager"]
    assert last(house).state is CheckState.OVER


def test_a_channel_that_refuses_is_told_in_the_morning_to_who_can_mend_it(house: House) -> None:
    with house.store.writing() as uow:
        uow.workers.save(house.worker("duty_desk", Role.DUTY_DESK, SECOND))
    house.telephones.out_of_order.add(SECOND.address)
    house.on(hours=2)
    assert (last(house).told, last(house).refused) == (4, 1)
    tested = len(house.rang())
    house.on(hours=9)
    assert house.rang()[tested:] == []
    house.on(hours=2)
    assert sorted(house.rang()[tested:]) == ["manager", "technician"]
    with house.store.reading() as uow:
        [alert] = uow.alerts.page({"kind": "path.refused"}, 0, 9).items
    assert "duty_desk (webhook)" in alert.titles["zh-CN"]


def test_somebody_on_duty_who_cannot_be_reached_at_all_is_told_of_at_once(house: House) -> None:
    house.telephones.out_of_order.add("https://example.invalid/duty_desk")
    house.on(hours=1, minutes=50)
    assert sorted(house.rang()) == ["manager", "manager", "technician", "technician"]


def test_it_is_over_by_itself_after_a_night_in_which_all_took_theirs(house: House) -> None:
    house.telephones.out_of_order.add("https://example.invalid/duty_desk")
    house.on(hours=2)
    house.telephones.out_of_order.clear()
    house.on(hours=24)
    with house.store.reading() as uow:
        [alert] = uow.alerts.page({"kind": "path.refused"}, 0, 9).items
    assert not alert.is_running


def test_a_check_that_was_missed_by_more_than_an_hour_is_left_out(house: House) -> None:
    rooms, house.rooms = house.rooms, []
    house.on(hours=3)
    house.rooms = rooms
    house.on(hours=3)
    assert house.rang() == []
    house.on(hours=24)
    assert len(house.rang()) == 3
