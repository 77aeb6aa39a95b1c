"""Recording a visit: on a phone that loses its line in the doorway, and what was written there goes once when
the line is back; at the desk for somebody else; with scripts and without.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from devices.simulator import clock
from tests.browser.line import Line, Over
from tests.browser.screens import DESK, PHONE, Screen
from tests.browser.test_signing_in import with_and_without_scripts
from tests.browser.viewers import Viewer, Viewers
from tests.browser.village import NEAR, Village

GOES_WITHIN = timedelta(seconds=20)


def visits(village: Village) -> list[dict[str, Any]]:
    return village.api.items(f"visits?resident_id={village.residents[NEAR]}&limit=500")


def write_down(page: Page, village: Village, note: str) -> None:
    page.locator("[name=resident_id]").select_option(village.residents[NEAR])
    page.locator("label:has([name=service])").first.click()
    page.locator("[name=note]").fill(note)
    page.locator(".thumb-bar button.act").click()


def notes(village: Village) -> list[str]:
    return [str(each["note"]) for each in visits(village)]


def kept_on_the_phone(viewers: Viewers, village: Village, line: Line) -> Viewer:
    """A worker whose phone has kept the pages, and the line is cut."""
    worker = viewers.come(Over(line, village), "grid")
    worker.open("/visits")
    expect(worker.page.locator("#opens-offline")).to_be_visible()
    worker.faults.expect_a_cut_line()
    line.cut()
    worker.context.set_offline(True)
    return worker


def is_back(worker: Viewer, line: Line) -> None:
    line.mend()
    worker.context.set_offline(False)


@with_and_without_scripts
@pytest.mark.parametrize(("login", "screen"), [("grid", PHONE), ("manager", DESK)], ids=["phone", "desk"])
def test_a_visit_is_recorded_and_shown(
    viewers: Viewers, village: Village, login: str, screen: Screen, scripts: bool
) -> None:
    note = f"说腿好些了，{login}，{scripts}"
    somebody = viewers.come(village, login, screen, scripts=scripts)
    somebody.open("/visits/new")
    write_down(somebody.page, village, note)
    expect(somebody.page.locator(".notice-strip.good")).to_contain_text(NEAR)
    assert notes(village).count(note) == 1


def test_what_was_written_without_a_line_goes_once_when_it_is_back(
    viewers: Viewers, village: Village, line: Line
) -> None:
    note = "没有网络时写下的"
    worker = kept_on_the_phone(viewers, village, line)
    page = worker.page
    worker.open("/visits/new")
    expect(page.locator(".kept-page")).to_be_visible()
    write_down(page, village, note)
    expect(page.locator("#waiting-list li")).to_have_count(1)
    page.reload()
    expect(page.locator("#waiting-list li")).to_have_count(1)
    second = worker.another_page()
    second.goto(page.url)
    expect(second.locator("#waiting-list li")).to_have_count(1)
    assert notes(village).count(note) == 0
    is_back(worker, line)
    for tab in (page, second):
        expect(tab.locator("#waiting")).to_be_hidden()
    worker.open("/visits")
    expect(page.locator("#today")).to_contain_text(note)
    assert notes(village).count(note) == 1


def test_an_answer_that_is_lost_makes_no_second_visit(viewers: Viewers, village: Village, line: Line) -> None:
    note = "回答没有收到"
    worker = viewers.come(Over(line, village), "grid")
    page = worker.page
    worker.open("/visits/new")
    worker.faults.expect_a_cut_line()
    line.lose_answer_to("POST /api/v1/visits")
    write_down(page, village, note)
    assert clock.until(lambda: notes(village).count(note) == 1, GOES_WITHIN)
    expect(page.locator("#waiting-list li")).to_have_count(1)
    is_back(worker, line)
    worker.open("/visits")
    expect(page.locator("#waiting")).to_be_hidden()
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
