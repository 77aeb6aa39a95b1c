"""Looking at a resident: the manager at a desk and the grid worker on a phone find who it is, how the nights
were and what was done, and go on from there to the alert and to a visit. Every picture has words.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.screens import DESK, PHONE, Screen
from tests.browser.staged import Staged
from tests.browser.test_signing_in import with_and_without_scripts
from tests.browser.viewers import Viewers
from tests.browser.village import NEAR, OTHER_GRID, Village

NIGHTS = 14


@with_and_without_scripts
@pytest.mark.parametrize(("login", "screen"), [("manager", DESK), ("grid", PHONE)], ids=["desk", "phone"])
def test_the_page_says_who_it_is_how_the_nights_were_and_what_was_done(
    viewers: Viewers, staged: Staged, login: str, screen: Screen, scripts: bool
) -> None:
    somebody = viewers.come(staged, login, screen, scripts=scripts)
    page = somebody.page
    somebody.open(f"/residents/{staged.places['caller']}")
    expect(page.locator("[data-part=now] .card")).to_have_count(1)
    expect(page.locator("[data-part=home]")).to_contain_text("雪松村3号")
    expect(page.locator("[data-part=visits] .story li")).not_to_have_count(0)
    expect(page.locator("[data-part=devices] li")).to_have_count(3)
    expect(page.locator("[data-part=past] li")).to_have_count(1)
    for part in ("day", "nights"):
        for picture in page.locator(f"[data-part={part}] svg[role=img]").all():
            expect(picture).to_have_accessible_name(re.compile(r"\S"))
    expect(page.locator("[data-part=nights] svg[role=img]")).to_have_count(NIGHTS)


@with_and_without_scripts
def test_from_the_page_leads_a_way_to_a_visit_of_this_person(
    viewers: Viewers, village: Village, scripts: bool
) -> None:
    worker = viewers.come(village, "grid", scripts=scripts)
    page = worker.page
    worker.open(f"/residents/{village.residents[NEAR]}")
    page.locator(".thumb-bar a.act").first.click()
    expect(page.locator("[name=resident_id]")).to_have_value(village.residents[NEAR])


def test_a_press_shows_on_the_open_page_by_itself(viewers: Viewers, village: Village) -> None:
    manager = viewers.come(village, "manager", DESK)
    page = manager.page
    manager.open(f"/residents/{village.residents[NEAR]}")
    expect(page.locator("#pulse")).to_have_class("pulse live")
    expect(page.locator("[data-part=now] .card")).to_have_count(0)
    village.press()
    expect(page.locator("[data-part=now] .card")).to_have_count(1)


def test_nobody_looks_at_a_resident_of_another_grid(viewers: Viewers, village: Village) -> None:
    worker = viewers.come(village, "grid")
    worker.faults.refusal_is_expected(404)
    assert worker.open(f"/residents/{village.residents[OTHER_GRID]}").status == 404
    expect(worker.page.locator("body")).not_to_contain_text(OTHER_GRID)
