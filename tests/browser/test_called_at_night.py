"""Called at night: a grid worker is woken by a link and answers from the page of the alert, on a phone and
at a desk, with scripts and without, by thumb and by keys, over a line that breaks. Each step is asked of the
house.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from devices.simulator import clock
from tests.browser.screens import DESK, PHONE, SCREENS, Screen
from tests.browser.test_signing_in import sign_in, with_and_without_scripts
from tests.browser.viewers import Viewers
from tests.browser.village import NEAR, Village

A_SLIP_MS = 700
"""A button that has just appeared takes no tap for half a second: it may have been meant for another."""
SEEN_WITHIN = timedelta(seconds=30)


def path_of(link: str) -> str:
    return link[link.index("/alerts/") :]


def tap(page: Page, *, scripts: bool = True) -> None:
    """The one thing to be done next, by thumb."""
    if scripts:
        settled_at = page.evaluate("performance.now()") + A_SLIP_MS
        assert clock.until(lambda: page.evaluate("performance.now()") > settled_at, SEEN_WITHIN)
    page.locator(".thumb-bar button.act").first.click()


def tap_and_see(page: Page, *, scripts: bool = True) -> None:
    """The same, and what is to be done next comes in its place."""
    if not scripts:
        with page.expect_navigation():
            tap(page, scripts=False)
        return
    before = first_thing(page)
    tap(page)
    moves_on(page, before)


def first_thing(page: Page) -> list[str]:
    """What the page offers to be done next."""
    return page.locator(".first").all_inner_texts()


def moves_on(page: Page, before: list[str]) -> None:
    """Something else is to be done next, or nothing."""
    assert clock.until(lambda: first_thing(page) != before, SEEN_WITHIN), before


def becomes(village: Village, state: str) -> bool:
    return clock.until(lambda: village.running()["state"] == state, SEEN_WITHIN)


def is_closed(village: Village, path: str, outcome: str) -> bool:
    alert_id = path.rpartition("/")[2]

    def closed() -> bool:
        alert = village.api.get(f"alerts/{alert_id}")
        return (alert["state"], alert["outcome"]) == ("closed", outcome)

    return clock.until(closed, SEEN_WITHIN)


@with_and_without_scripts
@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
def test_a_link_leads_through_signing_in_to_the_alert_and_to_its_end(
    viewers: Viewers, village: Village, screen: Screen, scripts: bool
) -> None:
    village.press()
    path = path_of(village.link())
    worker = viewers.come(village, None, screen, scripts=scripts)
    page = worker.page
    worker.open(path)
    sign_in(page, "grid")
    expect(page).to_have_url(village.http + path)
    expect(page.locator("h1")).to_contain_text(NEAR)
    expect(page.locator("main")).to_contain_text("雪松村3号")
    tap_and_see(page, scripts=scripts)
    assert becomes(village, "accepted")
    expect(page).to_have_url(village.http + path)
    tap_and_see(page, scripts=scripts)
    assert becomes(village, "arrived")
    page.locator(".ending label", has=page.locator("[value=helped]")).click()
    page.locator(".ending textarea").fill("量过血压，已睡下。")
    tap_and_see(page, scripts=scripts) if screen is PHONE else page.locator(".ending button.act").click()
    assert is_closed(village, path, "helped")
    expect(page.locator(".thumb-bar")).to_have_count(0)


def test_keys_alone_take_an_alert_to_its_end(viewers: Viewers, village: Village) -> None:
    village.press()
    path = path_of(village.link())
    worker = viewers.come(village, "grid", DESK)
    page = worker.page
    worker.open(path)
    for state in ("accepted", "arrived"):
        before = first_thing(page)
        page.locator(".thumb-bar button.act").first.press("Enter")
        assert becomes(village, state)
        moves_on(page, before)
    page.locator(".ending [value=false_alarm]").press("Space")
    page.locator(".ending textarea").press("Tab")
    page.keyboard.press("Enter")
    assert is_closed(village, path, "false_alarm")


YEARS_OLD = "delete AbortSignal.timeout; delete Array.prototype.at;"
"""What browsers lack that understand modules and `?.`: those of phones that are no longer looked after."""


def test_a_phone_that_is_years_old_answers_and_stays_true(viewers: Viewers, village: Village) -> None:
    village.press()
    worker = viewers.come(village, "grid")
    worker.context.add_init_script(YEARS_OLD)
    worker.open(path_of(village.link()))
    expect(worker.page.locator("#pulse")).to_have_class("pulse live")
    tap_and_see(worker.page)
    assert becomes(village, "accepted")
    expect(worker.page.locator(".stands")).to_contain_text("由您负责")
    expect(worker.page.locator("#pulse")).to_have_class("pulse live")


def test_whoever_comes_second_is_told_who_has_it(viewers: Viewers, village: Village) -> None:
    village.press()
    path = path_of(village.link())
    first, second = (viewers.come(village, login) for login in ("grid", "desk"))
    for each in (first, second):
        each.open(path)
    tap_and_see(first.page)
    assert becomes(village, "accepted")
    expect(second.page.locator("main")).to_contain_text("措姆·央金")
