"""The judge finds what it is there for: each fault that a doctored house could have is found, and a house
that did everything once is let go.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.domain.alerts import AlertState, ChangeReason
from services.domain.findings import Evidence as RestsOn
from services.domain.notices import AttemptResult, NoticeKind, NoticeReason, NoticeState
from tests.contracts.cast import MINUTE, NIGHT, alert, attempt, change, event, fact, finding, notice
from tests.soak.evidence import Evidence, Kept, Press, Rang
from tests.soak.judge import NO_PRESS, Kind, judge

FIRST = frozenset({"wrk_pema", "wrk_lhamo"})
LATER = NIGHT + timedelta(seconds=20)


def _notice(name: str, person: str, number: int, **said: Any) -> Any:
    values = {
        "alert_id": "alt_1",
        "worker_id": person,
        "number": number,
        "state": NoticeState.SENT,
        "text": {"because": "step"},
        "created_at": NIGHT,
    }
    return notice(name, **(values | said))


def _joined(name: str, person: str, number: int, **said: Any) -> Any:
    values = {"kind": NoticeKind.JOINED, "reason": NoticeReason.JOINED, "created_at": LATER, "text": {}}
    return _notice(name, person, number, **(values | said))


def fine() -> Evidence:
    """Two presses in one alert: the first called two people, the second told both again; then Pema closed it
    and Lhamo was told to stand down.
    """
    presses = [
        Press("dev_button", f"p{number}", "res_lhamo", "after_send", NIGHT, "stored", NIGHT)
        for number in (1, 2)
    ]
    events = [
        event(f"{number}", kind="call_button.pressed", device_id="dev_button", device_event_id=f"p{number}")
        for number in (1, 2)
    ]
    findings = [
        finding(f"{number}", is_alarm=True, evidence=RestsOn(event_ids=(f"evt_{number}",)))
        for number in (1, 2)
    ]
    called = {"step": 0, "round": 0, "told": sorted(FIRST)}
    changes = [
        change("alt_1", at=NIGHT, reason=ChangeReason.OPENED),
        change("alt_1", at=NIGHT, reason=ChangeReason.STEP_DUE, detail=called),
        change("alt_1", at=LATER, reason=ChangeReason.JOINED),
        change("alt_1", at=LATER + MINUTE, reason=ChangeReason.CLOSED, to_state=AlertState.CLOSED),
    ]
    notices = [
        _notice("a", "wrk_pema", 1),
        _notice("b", "wrk_lhamo", 2),
        _joined("c", "wrk_pema", 3),
        _joined("d", "wrk_lhamo", 4),
        _notice("e", "wrk_lhamo", 5, kind=NoticeKind.STAND_DOWN, created_at=LATER + MINUTE, text={}),
    ]
    return Evidence(
        presses=presses,
        rang=[Rang(each.id, "alt_1", each.worker_id or "", 202, NIGHT) for each in notices],
        kept=Kept(
            events=events,
            findings=findings,
            alerts=[alert("1", facts=(fact("fnd_1"), fact("fnd_2")))],
            changes={"alt_1": changes},
            notices=notices,
            attempts=[
                attempt(each.id, notice_id=each.id, result=AttemptResult.DELIVERED) for each in notices
            ],
        ),
        first_called={"res_lhamo": FIRST},
    )


def doctored(case: Evidence, **kept: Any) -> Evidence:
    return replace(case, kept=replace(case.kept, **kept))


def with_notice(case: Evidence, extra: Any) -> Evidence:
    """The case with one notice more, delivered as the others."""
    kept = case.kept
    return replace(
        doctored(
            case,
            notices=[*kept.notices, extra],
            attempts=[
                *kept.attempts,
                attempt(extra.id, notice_id=extra.id, result=AttemptResult.DELIVERED),
            ],
        ),
        rang=[*case.rang, Rang(extra.id, extra.alert_id, extra.worker_id, 202, extra.created_at)],
    )


def without_notice(case: Evidence, name: str) -> Evidence:
    return replace(
        doctored(case, notices=[each for each in case.kept.notices if each.id != name]),
        rang=[each for each in case.rang if each.notice_id != name],
    )


def changed(case: Evidence, name: str, **said: Any) -> Evidence:
    notices = [replace(each, **said) if each.id == name else each for each in case.kept.notices]
    return doctored(case, notices=notices)


def test_a_house_that_did_everything_once_has_no_fault() -> None:
    assert judge(fine()) == []


def test_one_notice_that_rings_twice_is_no_fault() -> None:
    case = fine()
    assert judge(replace(case, rang=[*case.rang, *case.rang])) == []


def test_who_was_spared_because_somebody_has_it_is_no_fault() -> None:
    case = changed(fine(), "ntc_b", state=NoticeState.NOT_SENT, reason=NoticeReason.CLOSED_ALREADY)
    assert judge(replace(case, rang=[each for each in case.rang if each.notice_id != "ntc_b"])) == []


def test_a_joined_press_that_was_refused_and_given_up_does_not_count_as_told() -> None:
    given_up = _joined(
        "f", "wrk_pema", 2, state=NoticeState.NOT_SENT, reason=NoticeReason.ACCEPTED_ALREADY, created_at=NIGHT
    )
    case = doctored(fine(), notices=[*fine().kept.notices, given_up])
    for status in (503, 202):
        rang = [*case.rang, Rang("ntc_f", "alt_1", "wrk_pema", status, NIGHT)]
        assert judge(replace(case, rang=rang)) == []


def test_a_press_within_a_minute_of_a_joined_one_need_tell_nobody() -> None:
    case = fine()
    moment = LATER + timedelta(seconds=30)
    silent = _joined(
        "f",
        "wrk_pema",
        6,
        created_at=moment,
        state=NoticeState.NOT_SENT,
        reason=NoticeReason.TOLD_A_MOMENT_AGO,
    )
    changes = [*case.kept.changes["alt_1"], change("alt_1", at=moment, reason=ChangeReason.JOINED)]
    case = doctored(case, notices=[*case.kept.notices, silent], changes={"alt_1": changes})
    assert judge(case) == []


LOST: dict[str, Callable[[Evidence], Evidence]] = {
    "a press without a receipt": lambda case: replace(
        case, presses=[replace(case.presses[0], receipt=None), *case.presses[1:]]
    ),
    "a press that was quarantined": lambda case: replace(
        case, presses=[replace(case.presses[0], receipt="quarantined"), *case.presses[1:]]
    ),
    "a press that is answered and no event": lambda case: doctored(case, events=case.kept.events[:1]),
    "an event that nothing was found of": lambda case: doctored(case, findings=case.kept.findings[:1]),
    "a finding that is in no alert": lambda case: doctored(case, alerts=[alert("1", facts=(fact("fnd_1"),))]),
    "a person of the step without a notice": lambda case: without_notice(case, "ntc_b"),
    "a person whom the first step left out": lambda case: replace(
        case, first_called={"res_lhamo": FIRST | {"wrk_tashi"}}
    ),
    "a notice that is due for ever": lambda case: changed(case, "ntc_b", state=NoticeState.DUE),
    "a notice that failed": lambda case: changed(case, "ntc_b", state=NoticeState.FAILED),
    "a notice that is sent and never rang": lambda case: replace(case, rang=case.rang[1:]),
    "a notice that was only refused": lambda case: replace(
        case, rang=[replace(each, status=503) for each in case.rang]
    ),
    "a notice that is sent without an attempt": lambda case: doctored(case, attempts=case.kept.attempts[1:]),
    "a notice that rang and is not kept": lambda case: doctored(
        case, notices=case.kept.notices[:-1], attempts=case.kept.attempts[:-1]
    ),
    "a joined press that told nobody": lambda case: without_notice(without_notice(case, "ntc_c"), "ntc_d"),
    "a command that waits for ever": lambda case: doctored(case, commands_waiting=1),
}

DOUBLED: dict[str, Callable[[Evidence], Evidence]] = {
    "a press that is stored twice": lambda case: doctored(
        case, events=[*case.kept.events, replace(case.kept.events[0], id="evt_again")]
    ),
    "an event that nobody sent": lambda case: doctored(
        case, events=[*case.kept.events, event("x", device_id="dev_button", device_event_id="p9")]
    ),
    "an event that is found twice": lambda case: doctored(
        case, findings=[*case.kept.findings, replace(case.kept.findings[0], id="fnd_again")]
    ),
    "a finding that is in two alerts": lambda case: doctored(
        case, alerts=[*case.kept.alerts, alert("2", resident_id=None, facts=(fact("fnd_1"),))]
    ),
    "a finding that is in one alert twice": lambda case: doctored(
        case, alerts=[alert("1", facts=(fact("fnd_1"), fact("fnd_2"), fact("fnd_2")))]
    ),
    "a person whom one step told twice": lambda case: with_notice(
        case, _notice("f", "wrk_pema", 6, created_at=LATER)
    ),
    "a person whom one step told twice at once": lambda case: with_notice(case, _notice("f", "wrk_pema", 6)),
    "a person whom joined presses told twice in a minute": lambda case: with_notice(
        case, _joined("f", "wrk_pema", 6, created_at=LATER + timedelta(seconds=59))
    ),
    "a person who was told to stand down twice": lambda case: with_notice(
        case, _notice("f", "wrk_lhamo", 6, kind=NoticeKind.STAND_DOWN, created_at=LATER + MINUTE, text={})
    ),
}


@pytest.mark.parametrize("what", LOST)
def test_something_lost_is_found(what: str) -> None:
    faults = judge(LOST[what](fine()))
    assert faults, what
    assert {fault.kind for fault in faults} == {Kind.LOST}, faults


@pytest.mark.parametrize("what", DOUBLED)
def test_something_doubled_is_found(what: str) -> None:
    faults = judge(DOUBLED[what](fine()))
    assert faults, what
    assert {fault.kind for fault in faults} == {Kind.DOUBLED}, faults


def test_a_fault_is_counted_where_its_press_was_sent() -> None:
    case = without_notice(fine(), "ntc_b")
    assert {fault.cause for fault in judge(case)} == {"after_send"}
    assert {fault.cause for fault in judge(doctored(fine(), commands_waiting=2))} == {NO_PRESS}


def test_a_joined_press_a_minute_later_tells_again() -> None:
    later = LATER + MINUTE
    case = with_notice(fine(), _joined("f", "wrk_pema", 6, created_at=later))
    assert judge(case) == []
