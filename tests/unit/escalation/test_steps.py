"""Steps: who is told when, from the first person to the last resort."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.domain.alerts import ChangeReason
from services.domain.findings import Severity, Trigger
from services.domain.notices import NoticeReason
from services.domain.people import Absence, Channel, ChannelKind, Contact, Language, Worker
from services.escalation.policy_files import read_policies, shipped_texts
from services.escalation.scene import House
from services.escalation.stages import call_failed
from tests.unit.escalation.cast import (
    CIRCLE,
    DESK,
    DOLMA,
    LHAMO,
    NIGHT,
    NOBODY,
    PEMA,
    SHANGHAI,
    TASHI,
    TWO_IN_THE_AFTERNOON,
    Case,
)


def test_an_emergency_goes_from_the_assigned_worker_outwards_in_the_times_of_the_policy() -> None:
    case = Case()
    case.press()
    assert case.told() == ["pema"]
    assert case.after(seconds=119).told() == []
    assert case.after(seconds=1).told() == ["tashi", "lhamo"]
    assert case.after(minutes=3).told() == ["norbu", "desk"]
    assert case.after(minutes=5).told() == ["desk", "mani"]
    assert case.after(minutes=5).told() == ["desk", "mani"]


def test_a_step_is_told_over_the_channels_it_names_first_and_loses_nobody_s_other_ways() -> None:
    mail, web = (
        Channel(ChannelKind.EMAIL, "p@example.invalid"),
        Channel(ChannelKind.WEBHOOK, "https://p.invalid"),
    )
    voice = Channel(ChannelKind.VOICE, "+86 100")
    pema = replace(PEMA, channels=(mail, web, voice))
    text = shipped_texts()["emergency.yaml"].replace(
        "tell: [assigned]", "tell: [assigned]\n    channels: [voice, webhook]"
    )
    policies, _ = read_policies({"emergency.yaml": text})
    case = Case(circle=replace(CIRCLE, assigned=pema), policies=policies)
    case.press()
    assert [notice.channels for notice in case.notices] == [(voice, web, mail)]
    plain = Case(circle=replace(CIRCLE, assigned=pema))
    plain.press()
    assert [notice.channels for notice in plain.notices] == [(mail, web, voice)]


def test_a_desk_that_stays_silent_for_three_rounds_is_joined_by_the_neighbouring_grids() -> None:
    case = Case()
    case.press()
    case.after(minutes=20).told()
    assert case.after(minutes=5).told() == ["desk", "mani", "yonten"]
    assert case.after(minutes=5).told() == ["desk", "mani", "yonten"]


def test_at_night_the_neighbour_is_told_at_once_and_the_desk_after_two_minutes() -> None:
    case = Case(now=NIGHT)
    case.press(policy="night-emergency")
    assert case.told() == ["pema", "lhamo"]
    assert case.after(minutes=2).told() == ["tashi", "desk"]
    assert case.after(minutes=3).told() == ["norbu", "desk"]


def test_an_empty_step_goes_on_at_once_and_says_so() -> None:
    case = Case(circle=replace(CIRCLE, assigned=None))
    case.press()
    assert case.told() == ["tashi", "lhamo"]
    assert case.not_told(NoticeReason.NOT_ASSIGNED) == ["assigned"]
    assert ChangeReason.STEP_EMPTY in case.reasons()
    assert case.after(minutes=4, seconds=59).told() == []
    assert case.after(seconds=1).told() == ["norbu", "desk"]


@pytest.mark.parametrize(
    ("assigned", "reason"),
    [
        (replace(PEMA, active=False), NoticeReason.INACTIVE),
        (replace(PEMA, channels=()), NoticeReason.NO_CHANNEL),
    ],
)
def test_somebody_who_cannot_be_told_is_passed_over_with_the_reason(
    assigned: Worker, reason: NoticeReason
) -> None:
    case = Case(circle=replace(CIRCLE, assigned=assigned))
    case.press()
    assert case.told() == ["tashi", "lhamo"]
    assert case.not_told(reason) == ["pema"]


def test_somebody_in_two_relations_is_told_once_a_step() -> None:
    case = Case(circle=replace(CIRCLE, neighbour=TASHI))
    case.press()
    case.after(minutes=2)
    assert case.told() == ["pema", "tashi"]
    assert case.not_told(NoticeReason.DUPLICATE) == ["tashi"]


def test_a_wholly_failed_step_goes_on_at_once() -> None:
    case = Case()
    case.press()
    case.told()
    case.fails("pema")
    assert case.told() == ["tashi", "lhamo"]
    assert ChangeReason.STEP_FAILED in case.reasons()


def test_a_step_in_which_one_send_is_still_under_way_has_not_failed() -> None:
    case = Case()
    case.press()
    case.after(minutes=2).told()
    case.fails("tashi")
    assert case.told() == []
    case.fails("lhamo")
    assert case.told() == ["norbu", "desk"]


def test_after_the_last_step_failed_the_admins_and_then_the_last_resort_are_told() -> None:
    case = Case()
    case.press()
    case.after(minutes=10).told()
    case.fails("desk", "mani")
    assert case.told() == ["ada"]
    case.fails("ada")
    assert case.told() == ["last_resort"]
    case.fails("last_resort")
    assert case.told() == []
    assert case.reasons().count(ChangeReason.NOBODY_TO_TELL) == 1
    assert case.after(minutes=5).told() == ["desk", "mani"]


def test_while_the_policy_waits_for_the_morning_no_step_can_have_failed() -> None:
    case = Case()
    case.find(severity=Severity.LOW, policy="digest", is_alarm=False, device_id=None, alert_kind="meal")
    assert call_failed(case.running, case.scene()).is_nothing


def test_with_nobody_at_all_the_last_resort_is_told_at_once_and_again() -> None:
    case = Case(circle=NOBODY)
    case.press()
    assert case.told() == ["last_resort"]
    assert case.running.owner_ids == ("last_resort",)
    assert ChangeReason.NOBODY_TO_TELL in case.reasons()
    assert case.after(minutes=5).told() == ["last_resort"]


def test_without_a_last_resort_the_gap_is_recorded_and_the_alert_stays_alive() -> None:
    case = Case(circle=NOBODY, house=House(SHANGHAI))
    case.press()
    assert case.told() == []
    assert NoticeReason.NO_CHANNEL in {notice.reason for notice in case.notices}
    assert case.running.owner_ids == ("last_resort",)
    assert case.running.next_due_at == TWO_IN_THE_AFTERNOON + timedelta(minutes=5)


def test_people_are_looked_up_when_the_step_is_due() -> None:
    case = Case()
    case.press()
    case.told()
    case.circle = replace(CIRCLE, backup=None, duty_desk=(replace(DESK, id="desk-2"),))
    assert case.after(minutes=2).told() == ["lhamo"]
    assert case.after(minutes=3).told() == ["norbu", "desk-2"]


def test_an_absence_in_the_register_never_stops_an_alarm() -> None:
    away = replace(DOLMA, away=Absence(NIGHT, None, "visiting"))
    case = Case(circle=replace(CIRCLE, resident=away))
    case.press()
    assert case.told() == ["pema"]


def test_a_device_without_a_resident_begins_at_the_duty_desk() -> None:
    case = Case(circle=replace(CIRCLE, resident=None, residents=()))
    case.press(resident_id=None)
    assert case.running.subject == "device:button"
    assert case.told() == ["desk"]


def test_at_night_it_is_the_duty_desk_that_is_not_woken_for_a_device_without_a_resident() -> None:
    case = Case(circle=replace(CIRCLE, resident=None, residents=()), now=NIGHT)
    case.find(severity=Severity.MEDIUM, policy="routine", is_alarm=False, resident_id=None, alert_kind="door")
    assert (case.told(), case.not_told(NoticeReason.QUIET_HOURS)) == ([], ["desk"])


def test_at_night_it_is_the_assigned_worker_who_is_not_woken() -> None:
    case = Case(now=NIGHT)
    case.find(severity=Severity.MEDIUM, policy="routine", is_alarm=False, alert_kind="not-up")
    assert (case.told(), case.not_told(NoticeReason.QUIET_HOURS)) == ([], ["pema"])


def test_a_press_of_unknown_origin_begins_at_the_duty_desk() -> None:
    case = Case(circle=replace(CIRCLE, resident=None, residents=(), home=None, assigned=None, neighbour=None))
    case.press(resident_id=None, device_id=None, home_id=None)
    assert case.running.subject == "house:unknown-origin"
    assert case.told() == ["desk"]


def test_the_owners_are_all_whom_the_running_step_told() -> None:
    case = Case()
    case.press()
    assert list(case.running.owner_ids) == ["pema"]
    case.after(minutes=2)
    assert list(case.running.owner_ids) == ["tashi", "lhamo"]


def test_a_routine_alert_at_night_waits_for_the_morning_and_says_so() -> None:
    case = Case(now=NIGHT)  # 02:13
    case.find(severity=Severity.MEDIUM, policy="routine", is_alarm=False, device_id=None, alert_kind="not-up")
    assert case.told() == []
    assert case.not_told(NoticeReason.QUIET_HOURS) == ["pema"]
    assert case.running.owner_ids == ("pema",)
    case.after(hours=4, minutes=46)
    assert case.told() == []
    assert case.after(minutes=1).told() == ["pema"]  # 07:00
    assert case.after(minutes=30).told() == ["tashi"]


def test_the_waits_of_a_routine_alert_stand_still_in_quiet_hours() -> None:
    case = Case(now=TWO_IN_THE_AFTERNOON + timedelta(hours=7, minutes=50))  # 21:50
    case.find(severity=Severity.MEDIUM, policy="routine", is_alarm=False, alert_kind="not-up")
    assert case.told() == ["pema"]
    assert case.after(hours=9, minutes=9).told() == []
    assert case.after(minutes=1).told() == ["tashi"]  # due 22:20, put off to 07:00
    assert case.after(minutes=89).told() == []
    assert case.after(minutes=1).told() == ["desk"]


def test_quiet_hours_begin_with_their_first_instant() -> None:
    before = Case(now=TWO_IN_THE_AFTERNOON + timedelta(hours=8) - timedelta(microseconds=1))
    at_ten = Case(now=TWO_IN_THE_AFTERNOON + timedelta(hours=8))
    for case in (before, at_ten):
        case.find(severity=Severity.MEDIUM, policy="routine", is_alarm=False, alert_kind="not-up")
    assert (before.told(), at_ten.told()) == (["pema"], [])


@pytest.mark.parametrize("severity", [Severity.MEDIUM, Severity.LOW])
def test_a_press_never_waits_for_the_morning_however_lightly_its_rule_takes_it(severity: Severity) -> None:
    case = Case(now=NIGHT)
    case.press(severity=severity, policy="routine")
    assert case.told() == ["pema"]
    assert case.after(minutes=30).told() == ["tashi"]


@pytest.mark.parametrize("policy", ["routine", "digest", "no-such"])
def test_a_high_alert_never_waits_for_the_morning_whatever_its_rule_says(policy: str) -> None:
    case = Case(now=NIGHT)
    case.find(policy=policy, is_alarm=False)
    assert case.told() == ["pema"]
    assert case.after(minutes=2).told() == ["tashi", "lhamo"]


def test_a_low_alert_is_told_on_three_mornings_and_then_the_desk_hears_of_it_daily() -> None:
    case = Case()
    case.find(severity=Severity.LOW, policy="digest", is_alarm=False, device_id=None, alert_kind="meal")
    assert case.told() == []
    assert case.running.owner_ids == ("pema",)
    assert case.after(hours=18).told() == ["pema"]  # 08:00
    assert case.after(hours=24).told() == ["pema"]
    assert case.after(hours=24).told() == ["pema"]
    assert case.after(hours=24).told() == ["desk"]
    assert case.after(hours=24).told() == ["desk"]


def test_a_silent_device_is_the_technicians_matter() -> None:
    case = Case()
    case.find(severity=Severity.LOW, policy="digest", trigger=Trigger.SILENT, is_alarm=False)
    assert case.running.subject == "device:button"
    assert case.after(hours=18).told() == ["tek"]


FAMILY = """
format: 1
policy: family
steps:
  - after: 0s
    tell: [emergency_contact]
  - after: 5m
    tell: [duty_desk]
    every: 5m
    widen: {after_rounds: 3, tell: [manager]}
accepted: {again_after: 20m}
arrived: {remind_after: 2h, every: 1h, tell: [holder]}
pressed_again: {answer_within: 2m, arrived_counts_for: 15m, tell_at_most_every: 1m}
channel_wait: 5s
extend_at_most: 30m
"""


def test_an_emergency_contact_is_told_with_the_channels_of_the_register() -> None:
    policies, faults = read_policies({"family.yaml": FAMILY})
    assert faults == ()
    daughter = Contact("德吉", "女儿", PEMA.channels)
    family = replace(CIRCLE, resident=replace(DOLMA, contacts=(daughter, Contact("无电话"))))
    case = Case(circle=family, policies=policies)
    case.press(policy="family")
    assert case.told() == ["contact:德吉"]
    assert case.notices[0].language is Language.ZH_CN


def test_of_two_contacts_who_are_called_the_same_neither_is_left_out() -> None:
    policies, _ = read_policies({"family.yaml": FAMILY})
    elder, younger = Contact("女儿", "", PEMA.channels), Contact("女儿", "", DESK.channels)
    family = replace(CIRCLE, resident=replace(DOLMA, contacts=(elder, younger)))
    case = Case(circle=family, policies=policies)
    case.press(policy="family")
    assert case.notices[0].channels == (*PEMA.channels, *DESK.channels)


def test_each_person_is_told_in_their_own_language() -> None:
    case = Case()
    case.press()
    case.after(minutes=2)
    assert {notice.worker_id: notice.language for notice in case.notices}["lhamo"] is LHAMO.language
