"""What a silence holds back and what it never does, and what ends it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from services.domain.alerts import AlertState, ChangeReason
from services.domain.events import Event, Origin
from services.domain.findings import AWAY_OVERDUE, FindingState, Severity, Trigger
from services.domain.notices import NoticeKind, NoticeReason
from services.domain.silences import Ending, SilenceKind
from services.escalation import holding
from services.escalation.permission import NotAllowed
from services.escalation.silence_policy import shipped_silence_policy
from services.escalation.silencing import end_due, ended_by, first_due, overdue_finding
from services.notify.superseded import why_never_called, why_superseded
from tests.unit.escalation.cast import NIGHT, OUT_OF_BED, PEMA, ROUTINE
from tests.unit.escalation.silenced import HOUR, MINUTE, Silenced, silence


def test_who_would_be_told_is_recorded_as_not_told_with_the_silence() -> None:
    case = Silenced(now=NIGHT)
    case.is_silenced(silence())
    case.find(**OUT_OF_BED)
    assert case.told() == []
    assert case.not_told(NoticeReason.SILENCED) == ["pema"]
    assert case.notices[0].text["silence_id"] == "sil_1"
    assert case.reasons() == [ChangeReason.OPENED, ChangeReason.SILENCED]
    assert case.running.owner_ids == ("pema",)
    assert case.running.next_due_at == NIGHT + HOUR


def test_whoever_owns_a_held_alert_and_is_gone_leaves_it_to_others_and_nobody_is_told() -> None:
    case = Silenced(now=NIGHT)
    case.is_silenced(silence())
    case.find(**OUT_OF_BED)
    assert case.running.owner_ids == ("pema",)
    case.circle = replace(case.circle, assigned=replace(PEMA, active=False))
    case.take(holding.worker_gone(case.running, case.scene(), "pema", "mani"))
    assert case.running.owner_ids == ("mani",)
    assert case.running.next_due_at == NIGHT + HOUR
    assert case.told() == []


def test_nobody_asks_for_more_time_where_nothing_is_due_before_the_silence_ends() -> None:
    case = Silenced(now=NIGHT)
    case.find(**OUT_OF_BED)
    case.accept("pema")
    case.is_silenced(silence())
    with pytest.raises(NotAllowed):
        holding.extend(case.running, case.scene(), case.does("pema"), MINUTE)


def test_at_its_end_what_still_holds_is_told_and_a_second_before_it_is_not() -> None:
    case = Silenced(now=NIGHT)
    case.is_silenced(silence())
    case.find(**OUT_OF_BED)
    case.after(seconds=3599)
    assert case.told() == []
    case.after(seconds=1)
    assert case.told() == ["pema"]
    assert case.after(minutes=2).told() == ["tashi", "lhamo"]


def test_what_has_ended_meanwhile_is_over_by_itself_and_nobody_hears_of_it() -> None:
    case = Silenced(now=NIGHT)
    case.is_silenced(silence())
    case.find(**OUT_OF_BED)
    case.fact(1, FindingState.ENDED)
    assert case.state() is AlertState.CLOSED
    assert case.told(NoticeKind.STAND_DOWN) == []
    assert case.after(hours=2).told() == []


@pytest.mark.parametrize(
    ("said", "holds"),
    [
        ({}, True),
        ({"alert_kind": "out-of-bed"}, True),
        ({"alert_kind": "many-night-exits"}, False),
        ({"subject": "resident:other", "resident_id": "other"}, False),
        ({"since": NIGHT + MINUTE, "until": NIGHT + HOUR}, False),
        ({"until": NIGHT}, False),
        ({"ended_at": NIGHT}, False),
        ({"kind": SilenceKind.AWAY}, False),
    ],
)
def test_a_silence_is_about_what_it_names_while_it_lasts(said: dict[str, Any], holds: bool) -> None:
    case = Silenced(now=NIGHT)
    case.is_silenced(silence(**said))
    case.find(**OUT_OF_BED)
    assert (case.told() == []) is holds


def test_a_silenced_home_still_says_that_a_device_cannot_be_heard() -> None:
    case = Silenced(now=NIGHT)
    case.is_silenced(silence())
    fault = {
        "trigger": Trigger.SILENT,
        "alert_kind": "silent",
        "is_alarm": False,
        "severity": Severity.MEDIUM,
    }
    case.find(**fault)
    assert case.running.subject == "device:button"
    assert not case.running.is_silenced
    of_the_device = Silenced(now=NIGHT)
    of_the_device.is_silenced(silence(subject="device:button", device_id="button"))
    of_the_device.find(**fault)
    assert of_the_device.running.is_silenced


def test_a_silenced_device_holds_back_what_it_alone_reported() -> None:
    leak = {"alert_kind": "leak", "is_alarm": False, "device_id": "leaky"}
    case = Silenced(now=NIGHT)
    case.is_silenced(silence(subject="device:leaky", device_id="leaky"))
    case.find(**leak)
    assert case.told() == []
    case.find(**{**leak, "device_id": "another"})
    assert case.told() == ["pema"], "another device says it as well"


def test_nobody_silences_the_question_whether_somebody_is_back() -> None:
    case = Silenced(now=NIGHT)
    case.is_silenced(silence())
    case.find(**{**OUT_OF_BED, "alert_kind": AWAY_OVERDUE})
    assert case.told() == ["pema"]


def test_a_running_alert_stops_and_those_who_were_called_hear_it() -> None:
    case = Silenced(now=NIGHT)
    case.find(**OUT_OF_BED)
    case.told()
    case.after(minutes=1)
    case.is_silenced(silence(case.now))
    assert case.told(NoticeKind.STAND_DOWN) == ["pema"]
    assert [each.text["because"] for each in case.notices if each.kind is NoticeKind.STAND_DOWN] == [
        "silenced"
    ]
    assert case.after(minutes=59).told() == []
    assert case.after(minutes=1).told() == ["pema"]


@pytest.mark.parametrize("has_arrived", [False, True])
def test_who_has_it_is_asked_again_only_after_the_silence(has_arrived: bool) -> None:
    case = Silenced(now=NIGHT)
    case.find(**OUT_OF_BED)
    case.accept("pema")
    if has_arrived:
        case.arrive("pema")
    case.told()
    case.is_silenced(silence(until=NIGHT + 10 * HOUR))
    assert case.running.owner_ids == ("pema",)
    assert case.after(hours=10).told() == []
    assert case.after(minutes=119 if has_arrived else 9).told() == []
    assert "pema" in case.after(minutes=1).told()


def test_who_accepts_a_silenced_alert_is_held_to_nothing_before_its_end() -> None:
    case = Silenced(now=NIGHT)
    case.is_silenced(silence())
    case.find(**OUT_OF_BED)
    case.accept("pema")
    assert case.running.next_due_at == NIGHT + HOUR
    case.decline("pema")
    assert case.told() == []
    assert case.running.next_due_at == NIGHT + HOUR


def test_declining_or_a_dead_telephone_calls_nobody_else_before_the_end() -> None:
    case = Silenced(now=NIGHT)
    case.is_silenced(silence())
    case.find(**OUT_OF_BED)
    case.decline("pema")
    assert case.told() == []
    assert case.running.next_due_at == NIGHT + HOUR


def test_another_end_moves_the_deadline_and_no_silence_any_more_tells_at_once() -> None:
    case = Silenced(now=NIGHT)
    case.is_silenced(silence())
    case.find(**OUT_OF_BED)
    case.is_silenced(silence(until=NIGHT + 2 * HOUR))
    assert case.running.next_due_at == NIGHT + 2 * HOUR
    case.after(minutes=90)
    case.is_silenced()
    assert case.told() == ["pema"]


def test_of_two_silences_the_longer_holds() -> None:
    case = Silenced(now=NIGHT)
    case.is_silenced(silence(), silence(id="sil_2", until=NIGHT + 2 * HOUR))
    case.find(**OUT_OF_BED)
    assert case.running.next_due_at == NIGHT + 2 * HOUR


def test_quiet_hours_hold_on_after_the_silence() -> None:
    case = Silenced(now=NIGHT)  # 02:13 there
    case.is_silenced(silence())
    case.find(**OUT_OF_BED, **{key: ROUTINE[key] for key in ("severity", "policy")})
    assert case.after(hours=1).told() == []
    assert case.not_told(NoticeReason.QUIET_HOURS) == ["pema"]
    assert case.after(hours=4).told() == ["pema"]


def test_a_press_that_joins_breaks_the_silence_and_calls_whoever_would_have_been_called_by_then() -> None:
    case = Silenced(now=NIGHT)
    case.is_silenced(silence())
    case.find(**{**OUT_OF_BED, "alert_kind": "call-button"})
    case.after(minutes=3)
    case.press()
    assert case.told() == ["pema", "tashi", "lhamo"]
    assert case.reasons()[-2:] == [ChangeReason.SILENCE_BROKEN, ChangeReason.STEP_DUE]
    assert not case.running.is_silenced


def test_a_press_for_whoever_has_a_silenced_alert_asks_them_and_holds_them_to_their_time() -> None:
    case = Silenced(now=NIGHT)
    case.is_silenced(silence())
    case.find(**{**OUT_OF_BED, "alert_kind": "call-button"})
    case.accept("pema")
    case.after(minutes=3)
    case.press()
    assert case.told(NoticeKind.JOINED) == ["pema"]
    assert case.running.next_due_at == case.now + 2 * MINUTE, "two minutes for an answer"
    assert {each.due_at for each in case.running.deadlines} >= {NIGHT + 10 * MINUTE, NIGHT + 20 * MINUTE}


def test_a_call_that_waits_to_be_sent_is_not_sent_into_a_silence_and_a_call_for_help_is() -> None:
    case = Silenced(now=NIGHT)
    case.find(**OUT_OF_BED)
    [call] = case.notices
    case.is_silenced(silence())
    assert why_superseded(call, case.alert) is NoticeReason.SILENCED
    stood_down = next(each for each in case.notices if each.kind is NoticeKind.STAND_DOWN)
    assert why_never_called(stood_down, case.alert, was_tried=False) is NoticeReason.SILENCED
    helped = Silenced(now=NIGHT)
    helped.is_silenced(silence())
    helped.press()
    assert why_superseded(helped.notices[0], helped.alert) is None


# ------------------------------------------------------------------ what ends it


def event(kind: str, at: datetime, **said: Any) -> Event:
    values: dict[str, Any] = {
        "id": "evt_1",
        "kind": kind,
        "occurred_at": at,
        "received_at": at,
        "origin": Origin.DEVICE,
        "resident_id": "dolma",
        "home_id": "home",
        "seq": 8,
    }
    return Event(**(values | said))


@pytest.mark.parametrize(
    ("kind", "minutes", "said", "ending"),
    [
        ("call_button.pressed", 1, {}, Ending.PRESS),
        ("bed.entered", 1, {}, Ending.BED),
        ("bed.exited", 30, {}, None),
        ("bed.exited", 31, {}, Ending.BED),
        ("bed.entered", 0, {}, None),
        ("bed.entered", 1, {"seq": 7}, None),
        ("bed.entered", 1, {"resident_id": "other"}, None),
        ("bed.entered", 1, {"resident_id": None}, Ending.BED),
        ("bed.entered", 1, {"resident_id": None, "home_id": "other"}, None),
        ("bed.vitals", 1, {}, None),
        ("motion.detected", 60, {}, None),
        ("call_button.tested", 1, {}, None),
        ("fall.detected", 1, {}, None),
    ],
)
@pytest.mark.parametrize("about", list(SilenceKind))
def test_the_bed_and_the_button_end_it_and_nothing_else_does(
    kind: str, minutes: int, said: dict[str, Any], ending: Ending | None, about: SilenceKind
) -> None:
    made = silence(after_seq=7, kind=about)
    happened = event(kind, NIGHT + minutes * MINUTE, **said)
    assert ended_by(made, happened, shipped_silence_policy(), "home") is ending


def test_what_nobodys_device_says_is_somebodys_only_where_one_lives_alone() -> None:
    happened = event("bed.entered", NIGHT + MINUTE, resident_id=None)
    assert ended_by(silence(), happened, shipped_silence_policy(), None) is None


def test_no_movement_ends_the_silence_of_a_device_nor_one_that_is_over() -> None:
    happened = event("bed.entered", NIGHT + MINUTE)
    of_a_device = silence(subject="device:bed", device_id="bed")
    over = silence(ended_at=NIGHT)
    for each in (of_a_device, over):
        assert ended_by(each, happened, shipped_silence_policy(), "home") is None


def test_the_warning_comes_before_the_end_and_is_left_out_where_there_is_no_time_for_it() -> None:
    policy = shipped_silence_policy()
    assert first_due(silence(), policy) == NIGHT + 30 * MINUTE
    assert first_due(silence(until=NIGHT + 30 * MINUTE), policy) == NIGHT + 30 * MINUTE
    away = silence(kind=SilenceKind.AWAY, until=NIGHT + 5 * HOUR)
    assert first_due(away, policy) == NIGHT + 3 * HOUR
    assert end_due(away, policy) == NIGHT + 5 * HOUR + 30 * MINUTE


def test_who_is_not_back_is_asked_for_once_an_end() -> None:
    away = silence(kind=SilenceKind.AWAY)
    assert overdue_finding(away, NIGHT).id == overdue_finding(away, NIGHT + HOUR).id
    longer = replace(away, until=NIGHT + 2 * HOUR)
    assert overdue_finding(longer, NIGHT).id != overdue_finding(away, NIGHT).id
