"""Recording a visit: on a phone and at the desk, with scripts and without. What a phone does that has lost
its line stands in `test_visits_offline`.
"""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.screens import DESK, PHONE, Screen
from tests.browser.test_signing_in import with_and_without_scripts
from tests.browser.viewers import Viewers
from tests.browser.village import NEAR, Village


def visits(village: Village) -> list[dict[str, Any]]:
    return village.api.items(f"visits?resident_id={village.residents[NEAR]}&limit=500")


def write_down(page: Page, village: Village, note: str) -> None:
    page.locator("[name=resident_id]").select_option(village.residents[NEAR])
    page.locator("label:has([name=service])").first.click()
    page.locator("[name=note]").fill(note)
    page.locator(".thumb-bar button.act").click()


def notes(village: Village) -> list[str]:
    return [str(each["note"]) for each in visits(village)]


@with_and_without_scripts
@pytest.mark.parametrize(("login", "screen"), [("grid", PHONE), ("manager", DESK)], ids=["phone", "desk"])
def test_a_visit_is_recorded_and_shown(
    viewers: Viewers, village: Village, login: str, screen: Screen, scripts: bool
) -> None:
    note = f"说腿好些了，{login}，{scripts}"
    somebody = viewers.come(village, login, screen, scripts=scripts)
    somebody.open("/visits/new")
    write_down(somebody.page, village, note)
    expect(somebody.page.locator(".notice-strip.good:visible")).to_have_count(1)
    assert notes(village).count(note) == 1


def test_a_visit_is_taken_back_on_the_same_day(viewers: Viewers, village: Village) -> None:
    note = "记错了人"
    worker = viewers.come(village, "grid", scripts=False)
    worker.open("/visits/new")
    write_down(worker.page, village, note)
    mine = worker.page.locator("#today li", has_text=note)
    mine.locator("summary").click()
    mine.locator("button").first.click()
    expect(worker.page.locator("#today li", has_text=note)).to_have_count(0)
