"""The digest: what can wait is told in the morning, all of it at one local time, and says so meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from services.domain.findings import Severity
from services.domain.notices import NoticeReason, NoticeState
from services.domain.people import Language
from services.escalation.bundling import DIGEST, HELD, alert_ids_of, bundled, gathers_as, held_back
from services.escalation.text import message_of
from tests.unit.escalation.cast import NIGHT, Case

LOW = {
    "severity": Severity.LOW,
    "policy": "digest",
    "is_alarm": False,
    "alert_kind": "meal",
    "device_id": None,
}
EIGHT = NIGHT.replace(hour=0, minute=0) + timedelta(days=1)


def until(case: Case, instant: datetime) -> None:
    case.after(seconds=(instant - case.now).total_seconds())


def test_what_can_wait_says_at_once_whom_it_tells_in_the_morning_and_tells_nobody() -> None:
    case = Case(now=NIGHT)
    case.find(**LOW)
    [notice] = case.notices
    assert (notice.worker_id, notice.state) == ("pema", NoticeState.NOT_SENT)
    assert notice.reason is NoticeReason.DIGEST
    assert case.running.next_due_at == EIGHT


def test_at_eight_it_is_told_and_waits_for_nothing_but_what_is_due_at_eight() -> None:
    case = Case(now=NIGHT)
    case.find(**LOW)
    until(case, EIGHT)
    notice = case.notices[-1]
    assert (notice.worker_id, notice.state, gathers_as(notice)) == ("pema", NoticeState.DUE, DIGEST)
    assert notice.next_attempt_at == EIGHT


@pytest.mark.parametrize("graver", [Severity.MEDIUM, Severity.HIGH])
def test_what_has_become_graver_is_told_at_once_and_not_in_the_digest(graver: Severity) -> None:
    case = Case()
    case.find(**LOW)
    policy = {Severity.MEDIUM: "routine", Severity.HIGH: "emergency"}[graver]
    case.find(**{**LOW, "severity": graver, "policy": policy})
    told = case.notices[-1]
    assert (told.worker_id, told.state, told.severity) == ("pema", NoticeState.DUE, graver)
    assert gathers_as(told) == ""
    assert told.next_attempt_at == case.now


def test_a_press_is_in_no_digest_whatever_its_rule_says() -> None:
    case = Case()
    case.press(severity=Severity.LOW, policy="digest")
    assert not any(gathers_as(notice) for notice in case.notices)
    assert NoticeReason.DIGEST not in {notice.reason for notice in case.notices}


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("gathers", [DIGEST, HELD])
def test_a_digest_names_all_of_it_in_the_language_of_its_reader(language: Language, gathers: str) -> None:
    def due(number: int, who: str) -> Case:
        case = Case(now=NIGHT, findings=number)
        case.find(**LOW)
        until(case, EIGHT)
        text = {**case.notices[-1].text, "who": who, "gathers": gathers}
        case.notices[-1] = replace(case.notices[-1], language=language, text=text)
        return case

    carrier, _ = bundled(due(0, "卓玛").notices[-1], [due(9, "扎西拉姆").notices[-1]])
    message = message_of(carrier)
    assert len(alert_ids_of(carrier)) == 2
    assert "2" in message.title
    assert "卓玛" in message.text
    assert "扎西拉姆" in message.text
    late = message_of(replace(carrier, text={**carrier.text, "gathers": "late"}))
    assert message.title != late.title


def test_one_matter_that_waits_twice_for_one_person_is_told_as_what_it_is() -> None:
    case = Case(now=NIGHT)
    case.find(**LOW)
    until(case, EIGHT)
    first = case.notices[-1]
    carrier, [other] = bundled(first, [replace(first, id="ntc_again")])
    assert carrier == first
    assert other.reason is NoticeReason.BUNDLED


def test_what_is_held_back_once_keeps_the_company_it_had() -> None:
    case = Case(now=NIGHT)
    case.find(**LOW)
    until(case, EIGHT)
    kept = held_back(case.notices[-1], EIGHT + timedelta(hours=1))
    assert (gathers_as(kept), kept.next_attempt_at) == (DIGEST, EIGHT + timedelta(hours=1))
