"""Replies by digit or word: whose they are, which alert they are about, and what becomes of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.domain.alerts import AlertFact, AlertState, Outcome
from services.domain.findings import FindingState, Severity
from services.domain.notices import NoticeKind
from services.domain.people import Channel, Contact
from services.escalation.links import code_of
from services.escalation.telling import parameters
from tests.unit.console.answering import (
    NUMBERS,
    PHONE,
    Messenger,
    alert_of,
    audited,
    code_to,
    give_addresses,
    notices_to,
)
from tests.unit.console.cast import NIGHT, Cast, press

BASANG, CERING, DOLMA, PEMA = NUMBERS.values()


@pytest.fixture
def messenger(house: Cast) -> Messenger:
    give_addresses(house, **NUMBERS)
    return Messenger(house)


def told_too(house: Cast, who: str, alert_id: str = "alert-1") -> None:
    """Somebody else was called to an alert as well."""
    with house.store.writing() as uow:
        alert = uow.alerts.get(alert_id)
        worker = uow.workers.get(who)
        assert alert is not None
        assert worker is not None
        called = uow.notices.of_alert(alert_id)[0]
        uow.notices.add(
            [
                replace(
                    called,
                    id=f"ntc_{alert_id.encode().hex()[-8:]}{who.encode().hex():0>16.16}",
                    worker_id=who,
                    recipient_name=worker.name,
                    channels=worker.channels,
                )
            ]
        )


def test_one_digit_accepts_arrives_and_asks_how_it_ended(house: Cast, messenger: Messenger) -> None:
    press(house)
    assert messenger.brings(BASANG, "1") == "accepted"
    assert alert_of(house).accepted_by == "basang"
    assert "Yangzom由您去" in messenger.told("basang").short
    assert messenger.brings(BASANG, "2") == "arrived"
    assert messenger.brings(BASANG, "3") == "how_it_ended"
    assert alert_of(house).state is AlertState.ARRIVED, "a digit alone ends nothing"
    assert messenger.brings(BASANG, "32") == "closed"
    assert alert_of(house).outcome is Outcome.HOSPITAL
    assert audited(house, "alert.accept") == [("reply:basang", "alert-1")]


@pytest.mark.parametrize("text", ["收到", "好的！", "OK", "On my way.", "ང་འགྲོ།", "１", "༡", "①", " 1\n"])
def test_it_may_be_said_in_any_of_the_three_languages(house: Cast, messenger: Messenger, text: str) -> None:
    press(house)
    assert messenger.brings(BASANG, text) == "accepted"


@pytest.mark.parametrize(
    "text", ["没到", "收到了吗", "not ok", "不好", "11", "1?2", "", "😀", "到了就好" * 60]
)
def test_what_is_not_known_whole_changes_nothing(house: Cast, messenger: Messenger, text: str) -> None:
    press(house)
    before = alert_of(house)
    assert messenger.brings(BASANG, text) == "not_understood"
    assert alert_of(house) == before
    assert code_to(house, "basang", "alert-1") in messenger.told("basang").text or "Yangzom" in (
        messenger.told("basang").text
    )


@pytest.mark.parametrize("text", ["9", "0", "帮忙", "help", "རོགས་དགོས།"])
def test_whoever_asks_for_help_lets_the_next_step_come_at_once(
    house: Cast, messenger: Messenger, text: str
) -> None:
    press(house)
    assert messenger.brings(BASANG, text) == "declined"
    assert set(alert_of(house).owner_ids) == {"cering", "dolma"}
    assert notices_to(house, "cering")


def test_help_does_not_wait_for_others_of_the_same_step(house: Cast, messenger: Messenger) -> None:
    press(house)
    messenger.brings(BASANG, "9")
    assert messenger.brings(CERING, "9") == "declined"
    assert alert_of(house).owner_ids != ("cering", "dolma"), "dolma was not waited for"
    told = len(notices_to(house, "pema"))
    messenger.brings(CERING, "9")
    assert len(notices_to(house, "pema")) == told, "asked again it calls nobody twice"


def test_whoever_is_there_and_asks_for_help_has_others_called(house: Cast, messenger: Messenger) -> None:
    press(house)
    messenger.brings(BASANG, "1")
    messenger.brings(BASANG, "2")
    assert messenger.brings(BASANG, "要人帮忙") == "declined"
    after = alert_of(house)
    assert (after.state, after.accepted_by) == (AlertState.OPEN, None)
    with house.store.reading() as uow:
        assert "要人帮忙" in {change.detail.get("note") for change in uow.alerts.changes("alert-1")}


def test_the_same_message_brought_again_counts_once(house: Cast, messenger: Messenger) -> None:
    press(house)
    assert [messenger.brings(BASANG, "1", id="same") for _ in range(3)] == ["accepted"] * 3
    house.worker("basang").post("/api/v1/alerts/alert-1/decline", json={})
    assert messenger.brings(BASANG, "1", id="same") == "accepted"
    assert alert_of(house).accepted_by is None
    assert len(notices_to(house, "basang", NoticeKind.ANSWER)) == 1


def test_an_unknown_sender_is_counted_and_told_nothing(house: Cast, messenger: Messenger) -> None:
    press(house)
    assert messenger.brings("13900000000", "1") == "unknown_sender"
    assert alert_of(house).accepted_by is None
    with house.store.reading() as uow:
        assert not [each for each in uow.notices.of_alert("alert-1") if each.kind is NoticeKind.ANSWER]
    shown = house.client().get("/metrics").text
    assert 'anxin_replies_total{result="unknown_sender"} 1.0' in shown
    assert "139" not in shown


@pytest.mark.parametrize(
    "sender", ["13800000001", "+8613800000001", "0086 138-0000-0001", "tel:138 0000 0001"]
)
def test_a_number_is_the_same_however_it_is_written(house: Cast, messenger: Messenger, sender: str) -> None:
    press(house)
    assert messenger.brings(sender, "1") == "accepted"
    assert notices_to(house, "basang")[-1].channels == (Channel(PHONE, BASANG),), "as the register has it"


def test_with_several_running_the_code_is_needed_and_the_answer_says_so(
    house: Cast, messenger: Messenger
) -> None:
    press(house)
    press(house, "alert-2", kind="fall", titles={"zh-CN": "跌倒"})
    assert messenger.brings(BASANG, "1") == "which_one"
    assert alert_of(house).accepted_by is None
    heard = messenger.told("basang").text
    codes = [code_to(house, "basang", "alert-1"), code_of(notices_to(house, "basang", NoticeKind.ALERT)[1])]
    assert codes[1] in heard
    assert messenger.brings(BASANG, f"1 {codes[1]}") == "accepted"
    assert alert_of(house, "alert-2").accepted_by == "basang"
    assert alert_of(house, "alert-1").accepted_by is None


NO_ALARM = AlertFact("finding-visit", NIGHT, NIGHT, FindingState.HOLDS, is_alarm=False)
VISIT: dict[str, Any] = {"facts": (NO_ALARM,), "severity": Severity.MEDIUM, "device_id": None}
"""Told at once as a press is, so that it waits beside one."""


@pytest.mark.parametrize("reminders", [1, 6])
def test_who_is_called_at_night_needs_no_code_for_what_has_waited_since_the_day(
    house: Cast, messenger: Messenger, reminders: int
) -> None:
    for number in range(reminders):
        press(house, f"alert-{number + 2}", kind=f"visit-{number}", **VISIT)
    press(house)
    assert messenger.brings(BASANG, "1") == "accepted"
    assert alert_of(house).accepted_by == "basang"
    assert {alert_of(house, f"alert-{number + 2}").accepted_by for number in range(reminders)} == {None}


def test_what_came_after_the_call_may_be_what_is_meant(house: Cast, messenger: Messenger) -> None:
    press(house)
    press(house, "alert-2", kind="visit", **VISIT)
    assert messenger.brings(BASANG, "1") == "which_one"
    assert alert_of(house).accepted_by is None


@pytest.mark.parametrize("written", ["1 {}", "{} 1", "1{}", "1，{}", "1 号{}", "收到 {}", "1 code: {}"])
def test_a_code_may_be_written_as_people_write(house: Cast, messenger: Messenger, written: str) -> None:
    press(house)
    press(house, "alert-2", kind="fall")
    code = code_of(notices_to(house, "basang", NoticeKind.ALERT)[0])
    assert messenger.brings(BASANG, written.format(code)) == "accepted"
    assert alert_of(house).accepted_by == "basang"


def test_what_somebody_else_has_does_not_make_a_digit_unclear(house: Cast, messenger: Messenger) -> None:
    press(house)
    house.worker("cering").post("/api/v1/alerts/alert-1/accept", json={})
    press(house, "alert-2", kind="fall")
    assert messenger.brings(BASANG, "1") == "accepted"
    assert alert_of(house, "alert-2").accepted_by == "basang"


def test_an_answer_that_comes_second_hears_who_has_it(house: Cast, messenger: Messenger) -> None:
    press(house)
    told_too(house, "cering")
    assert messenger.brings(CERING, "1") == "accepted"
    assert messenger.brings(BASANG, "1") == "already_accepted"
    assert "Cering已接下" in messenger.told("basang").short
    assert "Yangzom由您去" in messenger.told("cering").short
    assert alert_of(house).accepted_by == "cering"


@pytest.mark.parametrize("text", ["1", "2", "31", "9"])
def test_an_answer_after_the_end_hears_how_it_ended(house: Cast, messenger: Messenger, text: str) -> None:
    press(house)
    house.worker("pema").post("/api/v1/alerts/alert-1/close", json={"outcome": "hospital"})
    assert messenger.brings(BASANG, text) == "already_closed"
    assert "已送医院" in messenger.told("basang").short
    assert alert_of(house).outcome is Outcome.HOSPITAL


def test_a_late_code_names_what_is_over_and_not_what_runs(house: Cast, messenger: Messenger) -> None:
    press(house)
    code = code_to(house, "basang", "alert-1")
    house.worker("pema").post("/api/v1/alerts/alert-1/close", json={"outcome": "helped"})
    press(house, "alert-2")
    assert messenger.brings(BASANG, f"1 {code}") == "already_closed"
    assert alert_of(house, "alert-2").accepted_by is None


def test_a_reply_that_was_long_under_way_takes_no_later_alert(house: Cast, messenger: Messenger) -> None:
    press(house)
    house.worker("pema").post("/api/v1/alerts/alert-1/close", json={"outcome": "helped"})
    house.clock.move(timedelta(hours=3))
    press(house, "alert-2")
    assert messenger.brings(BASANG, "1", sent_at=NIGHT.isoformat()) == "already_closed"
    assert alert_of(house, "alert-2").accepted_by is None
    assert messenger.brings(BASANG, "1", sent_at=house.clock.now().isoformat()) == "accepted"


def test_a_high_alert_is_closed_by_whoever_has_it(house: Cast, messenger: Messenger) -> None:
    press(house)
    assert messenger.brings(BASANG, "31") == "not_the_holder"
    assert messenger.brings(BASANG, "3") == "not_the_holder"
    assert alert_of(house).is_running


def test_a_lighter_one_may_be_closed_by_whoever_was_told(house: Cast, messenger: Messenger) -> None:
    house.clock.move(timedelta(hours=12))  # by day: at night the call of a routine one waits
    press(house, severity=Severity.MEDIUM, policy="routine", facts=())
    assert messenger.brings(BASANG, "34") == "closed"


def test_the_desk_ends_nobody_elses_alert_without_its_code(house: Cast, messenger: Messenger) -> None:
    press(house)
    told_too(house, "pema")
    messenger.brings(BASANG, "1")
    assert messenger.brings(PEMA, "31") == "already_accepted"
    assert alert_of(house).is_running
    assert messenger.brings(PEMA, f"31 {code_to_call(house, 'pema')}") == "closed"


def code_to_call(house: Cast, who: str) -> str:
    return code_of(notices_to(house, who, NoticeKind.ALERT)[-1])


def test_two_people_at_one_number_are_told_apart_by_the_code(house: Cast, messenger: Messenger) -> None:
    give_addresses(house, cering=BASANG)
    press(house)
    told_too(house, "cering")
    assert messenger.brings(BASANG, "1") == "which_one"
    assert alert_of(house).accepted_by is None
    heard = [*notices_to(house, "cering", NoticeKind.ANSWER), *notices_to(house, "basang", NoticeKind.ANSWER)]
    assert "(Basang)" in heard[-1].text["list"]
    assert "(Cering)" in heard[-1].text["list"]
    assert messenger.brings(BASANG, f"1 {code_to_call(house, 'cering')}") == "accepted"
    assert alert_of(house).accepted_by == "cering"


def test_two_people_at_one_number_of_whom_one_was_called_need_no_code(
    house: Cast, messenger: Messenger
) -> None:
    give_addresses(house, norbu=BASANG)
    press(house)
    assert messenger.brings(BASANG, "1") == "accepted"
    assert alert_of(house).accepted_by == "basang"


def test_a_code_of_somebody_else_is_no_code_of_mine(house: Cast, messenger: Messenger) -> None:
    press(house)
    told_too(house, "cering")
    assert messenger.brings(BASANG, f"1 {code_to_call(house, 'cering')}") == "unknown_code"
    assert alert_of(house).accepted_by is None


def test_whoever_guesses_codes_is_stopped_and_a_plain_digit_still_counts(
    house: Cast, messenger: Messenger
) -> None:
    press(house)
    right = code_to(house, "basang", "alert-1")
    wrong = [str(code) for code in range(2000, 2010) if str(code) != right]
    results = [messenger.brings(BASANG, f"1 {code}") for code in wrong[:7]]
    assert results == ["unknown_code"] * 5 + ["too_many", "unanswered"]
    assert messenger.brings(BASANG, f"1 {right}") == "unanswered", "not tried any more"
    assert alert_of(house).accepted_by is None
    assert messenger.brings(BASANG, "1") == "accepted"


def test_after_five_guesses_not_even_the_right_code_is_tried(house: Cast, messenger: Messenger) -> None:
    press(house)
    right = code_to(house, "basang", "alert-1")
    wrong = [str(code) for code in range(2000, 2010) if str(code) != right]
    for code in wrong[:5]:
        messenger.brings(BASANG, f"1 {code}")
    assert messenger.brings(BASANG, f"1 {right}") == "too_many"
    assert alert_of(house).accepted_by is None


def test_two_machines_do_not_answer_each_other_for_ever(house: Cast, messenger: Messenger) -> None:
    press(house)
    results = [messenger.brings(BASANG, "I am out of office") for _ in range(20)]
    assert results[5:7] == ["too_many", "unanswered"]
    assert len(notices_to(house, "basang", NoticeKind.ANSWER)) == 6


def test_small_talk_while_nothing_runs_is_answered_by_nothing(house: Cast, messenger: Messenger) -> None:
    assert messenger.brings(BASANG, "谢谢") == "unanswered"
    assert messenger.brings(BASANG, "1") == "unanswered", "they were never told of anything"


def tell_choden(house: Cast, number: str) -> None:
    """A step told an emergency contact at a number."""
    list_choden(house, number)
    alert = press(house)
    with house.store.writing() as uow:
        scene = house.parts.gathering.around_alert(uow, alert, house.clock.now())
        called = uow.notices.of_alert(alert.id)[0]
        text = parameters(alert, scene) | {"because": "step"}
        way = (Channel(PHONE, number),)
        hers = replace(
            called, id=f"ntc_{'0b' * 12}", worker_id=None, contact="Choden", channels=way, text=text
        )
        uow.notices.add([hers])


def list_choden(house: Cast, *numbers: str) -> None:
    with house.store.writing() as uow:
        yangzom = uow.residents.get("yangzom")
        assert yangzom is not None
        way = tuple(Channel(PHONE, number) for number in numbers)
        uow.residents.save(replace(yangzom, contacts=(Contact("Choden", "女儿", way),)))


def test_an_emergency_contact_answers_by_the_number_they_were_told_at(
    house: Cast, messenger: Messenger
) -> None:
    tell_choden(house, "13900000009")
    assert messenger.brings("+86 139 0000 0009", "1") == "accepted"
    assert alert_of(house).accepted_by == "contact:Choden"
    assert "由您去" in messenger.told("contact:Choden").short


def test_whoever_was_told_at_a_mistyped_number_is_nobody_once_it_was_corrected(
    house: Cast, messenger: Messenger
) -> None:
    tell_choden(house, "13900000009")
    list_choden(house, "13900000008")
    assert messenger.brings("13900000009", "1") != "accepted"
    assert alert_of(house).accepted_by is None


def test_a_contact_who_is_listed_with_one_more_number_answers_as_before(
    house: Cast, messenger: Messenger
) -> None:
    tell_choden(house, "13900000009")
    list_choden(house, "13900000008", "+86 139 0000 0009")
    assert messenger.brings("13900000009", "1") == "accepted"
