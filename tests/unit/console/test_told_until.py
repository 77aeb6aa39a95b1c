"""Whom an alert waits for: who is told now, and until when others wait, on each page that says it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from services.domain.alerts import AlertFact
from services.domain.findings import FindingState, Severity
from services.domain.instants import format_instant
from services.domain.notices import NoticeReason, NoticeState
from tests.unit.console.cast import NIGHT, Cast, press
from tests.unit.console.test_pages import signed_in, words

FACT = AlertFact("finding-1", NIGHT, NIGHT, FindingState.HOLDS)
PAGES = pytest.mark.parametrize("path", ["/", "/alerts/alert-1", "/residents/yangzom", "/handover"])


def page(house: Cast, path: str) -> str:
    return " ".join(words(signed_in(house, "desk").get(path).text)).replace(" :", ":")


@PAGES
def test_who_hears_of_it_in_the_morning_is_not_told_now_and_it_says_when(house: Cast, path: str) -> None:
    press(house, severity=Severity.LOW, policy="digest", facts=(FACT,))
    said = page(house, path)
    assert "早上再通知" in said
    assert "Basang · 08:00" in said
    assert "已通知" not in said


@PAGES
def test_who_must_not_be_woken_is_not_told_now_and_it_says_when(house: Cast, path: str) -> None:
    press(house, severity=Severity.MEDIUM, policy="routine", facts=(FACT,))
    said = page(house, path)
    assert "Basang · 07:00" in said
    assert "已通知" not in said


@PAGES
def test_what_a_silence_holds_back_is_told_after_it(house: Cast, path: str) -> None:
    until = format_instant(NIGHT + timedelta(hours=2))
    asked = {"resident_id": "yangzom", "reason": "her son is there", "until": until}
    assert house.worker("pema").post("/api/v1/silences", json=asked).status_code == 201
    press(house, severity=Severity.MEDIUM, policy="routine", facts=(FACT,))
    said = page(house, path)
    assert "静默结束后通知" in said
    assert "Basang · 04:13" in said
    assert "已通知" not in said
    assert "没有联系上" not in said


def hold_back(house: Cast) -> None:
    """A throttle lets the only call wait for twenty minutes."""
    until = NIGHT + timedelta(minutes=20)
    with house.store.writing() as uow:
        [notice] = uow.notices.of_alert("alert-1")
        uow.notices.save(replace(notice, next_attempt_at=until))
        held = replace(
            notice,
            id="ntc_held",
            reason=NoticeReason.THROTTLED,
            state=NoticeState.NOT_SENT,
            next_attempt_at=None,
            text={"held": notice.id, "until": format_instant(until)},
        )
        uow.notices.add([held])


@PAGES
def test_whom_a_throttle_holds_back_is_told_later_and_it_says_when(house: Cast, path: str) -> None:
    press(house)
    hold_back(house)
    said = page(house, path)
    assert "稍后通知" in said
    assert "Basang · 02:33" in said
    assert "已通知" not in said


def test_the_story_does_not_say_that_somebody_is_being_told_whom_a_throttle_holds_back(house: Cast) -> None:
    press(house)
    assert "正在通知" in page(house, "/alerts/alert-1")
    hold_back(house)
    said = page(house, "/alerts/alert-1")
    assert "正在通知" not in said
    assert "短时间内消息太多，稍后通知 ( 02:33 )" in said.replace("(", "( ").replace(")", " )").replace(
        "  ", " "
    )


@PAGES
def test_who_is_told_now_stands_before_who_waits(house: Cast, path: str) -> None:
    press(house)
    said = page(house, path)
    assert "已通知" in said
    assert "Basang ·" not in said.partition("已通知")[2][:12]


def test_the_story_says_who_silenced_it_why_and_until_when(house: Cast) -> None:
    until = format_instant(NIGHT + timedelta(hours=2))
    asked = {"resident_id": "yangzom", "reason": "her son is there", "until": until}
    assert house.worker("pema").post("/api/v1/silences", json=asked).status_code == 201
    press(house, severity=Severity.MEDIUM, policy="routine", facts=(FACT,))
    said = page(house, "/alerts/alert-1")
    assert "已静默：结束之前不通知任何人 · Pema · 至 04:13 her son is there" in said
