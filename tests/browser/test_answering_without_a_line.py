"""An answer that is tapped without a line: the page stays and says that nobody knows, the answer goes through
once when the line is back, and what became of it meanwhile is said by the house. A board whose house is away
comes back with it.
"""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.browser.line import Line, Over
from tests.browser.screens import DESK, PHONE, Screen
from tests.browser.test_called_at_night import becomes, path_of, tap
from tests.browser.viewers import Viewer, Viewers
from tests.browser.village import NEAR, Village

AS_LONG_AS_IT_TAKES = 45_000
"""Milliseconds in which a page finds a line again, and sends what waits."""


def unsent(page: Page) -> Locator:
    return page.locator(".unsent.wrong")


def at_the_alert(viewers: Viewers, house: Over, path: str) -> Viewer:
    worker = viewers.come(house, "grid")
    worker.open(path)
    expect(worker.page.locator("#pulse")).to_have_class("pulse live")
    worker.faults.expect_a_cut_line()
    return worker


def at_the_board(viewers: Viewers, house: Over | Village, screen: Screen) -> Viewer:
    desk = viewers.come(house, "desk", screen)
    desk.open("/")
    expect(desk.page.locator("#pulse")).to_have_class("pulse live")
    expect(desk.page.locator(".cards .card", has_text=NEAR)).to_be_visible()
    desk.faults.expect_a_cut_line()
    return desk


def accepted(village: Village) -> int:
    return sum(each["reason"] == "accepted" for each in village.running()["changes"])


def test_a_tap_into_a_dead_line_keeps_the_page_says_so_and_goes_through_once(
    viewers: Viewers, village: Village, line: Line
) -> None:
    village.press()
    path = path_of(village.link())
    page = at_the_alert(viewers, Over(line, village), path).page
    line.cut()
    tap(page)
    expect(unsent(page)).to_contain_text("没有发出去")
    expect(unsent(page)).to_contain_text("还没有人知道由您来处理")
    expect(page).to_have_url(line.http + path)
    expect(page.locator("address")).to_contain_text("雪松村3号")
    assert village.running()["state"] == "open"
    line.mend()
    expect(unsent(page)).to_have_count(0, timeout=AS_LONG_AS_IT_TAKES)
    assert becomes(village, "accepted")
    expect(page.locator("#pulse")).to_have_class("pulse live", timeout=AS_LONG_AS_IT_TAKES)
    expect(page.locator(".stands")).to_contain_text("由您负责")
    assert accepted(village) == 1


def test_an_answer_of_which_the_line_lost_the_word_accepts_once(
    viewers: Viewers, village: Village, line: Line
) -> None:
    village.press()
    path = path_of(village.link())
    page = at_the_alert(viewers, Over(line, village), path).page
    line.lose_answer_to(f"POST {path}/accept")
    tap(page)
    assert becomes(village, "accepted")
    expect(unsent(page)).to_be_visible()
    line.mend()
    unsent(page).locator("button.act").first.click()
    expect(unsent(page)).to_have_count(0, timeout=AS_LONG_AS_IT_TAKES)
    expect(page.locator("main")).not_to_contain_text("已经有人")
    assert accepted(village) == 1


def test_what_another_took_meanwhile_is_said_by_the_house(
    viewers: Viewers, village: Village, line: Line
) -> None:
    village.press()
    path = path_of(village.link())
    worker = at_the_alert(viewers, Over(line, village), path)
    worker.faults.refusal_is_expected(409)
    line.cut()
    tap(worker.page)
    expect(unsent(worker.page)).to_be_visible()
    other = {"worker_id": village.workers["neighbour"]}
    village.api.post(f"alerts/{village.running()['id']}/accept", other, status=200)
    line.mend()
    expect(worker.page.locator("main [role=alert]")).to_be_visible(timeout=AS_LONG_AS_IT_TAKES)
    expect(unsent(worker.page)).to_have_count(0)
    assert accepted(village) == 1


def test_an_answer_that_was_given_up_is_not_sent(viewers: Viewers, village: Village, line: Line) -> None:
    village.press()
    path = path_of(village.link())
    page = at_the_alert(viewers, Over(line, village), path).page
    line.cut()
    tap(page)
    unsent(page).locator("button.second").click()
    expect(unsent(page)).to_have_count(0)
    line.mend()
    expect(page.locator("#pulse")).to_have_class("pulse live", timeout=AS_LONG_AS_IT_TAKES)
    assert village.running()["state"] == "open"


def test_a_link_is_not_followed_into_a_dead_line(viewers: Viewers, village: Village, line: Line) -> None:
    village.press()
    path = path_of(village.link())
    page = at_the_alert(viewers, Over(line, village), path).page
    line.cut()
    expect(page.locator("#pulse")).to_have_class("pulse lost", timeout=AS_LONG_AS_IT_TAKES)
    page.locator("a.back").click()
    expect(page.locator(".unsent.gap")).to_be_visible()
    expect(page.locator("h1")).to_contain_text(NEAR)
    line.mend()
    expect(page.locator("#pulse")).to_have_class("pulse live", timeout=AS_LONG_AS_IT_TAKES)
    page.locator("a.back").click()
    expect(page).to_have_url(f"{line.http}/")


def test_a_board_whose_house_is_away_stays_and_lives_again_with_it(
    viewers: Viewers, village: Village
) -> None:
    village.press()
    page = at_the_board(viewers, village, DESK).page
    village.stop()
    card = page.locator(".cards .card", has_text=NEAR)
    card.locator("form button.act").click()
    expect(unsent(page)).to_contain_text(NEAR)
    card.locator("h2 a").click()
    expect(card).to_be_visible()
    village.start_again()
    expect(unsent(page)).to_have_count(0, timeout=AS_LONG_AS_IT_TAKES)
    expect(page.locator("#pulse")).to_have_class("pulse live", timeout=AS_LONG_AS_IT_TAKES)
    assert becomes(village, "accepted")
    expect(page).to_have_title("安心")
    assert accepted(village) == 1


def test_an_answer_from_the_board_leaves_it_open(viewers: Viewers, village: Village) -> None:
    village.press()
    desk = at_the_board(viewers, village, PHONE)
    desk.faults.expect_a_whole_line()
    desk.page.evaluate("window.isTheSame = true")
    desk.page.locator(".cards form button.act").click()
    assert becomes(village, "accepted")
    expect(desk.page).to_have_title("安心")
    assert desk.page.evaluate("window.isTheSame") is True
