"""The board at the duty desk: red within a second of a press, calm again when it is over, and plain about a
line that is lost.
"""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.line import Line, Over
from tests.browser.screens import DESK
from tests.browser.viewers import Viewers
from tests.browser.village import NEAR, Village

WITHIN_A_SECOND = 1000


def test_a_press_shows_within_a_second(viewers: Viewers, village: Village) -> None:
    desk = viewers.come(village, "desk", DESK)
    desk.open("/")
    expect(desk.page.locator("#pulse")).to_be_visible()
    village.press(NEAR)
    expect(desk.page).to_have_title("(1) 安心", timeout=WITHIN_A_SECOND)
    expect(desk.page.locator("main").get_by_text(NEAR).first).to_be_visible()


def test_a_line_that_is_lost_is_said_and_recovers(viewers: Viewers, village: Village, line: Line) -> None:
    desk = viewers.come(Over(line, village), "desk", DESK)
    desk.open("/")
    pulse = desk.page.locator("#pulse")
    expect(pulse).to_have_class("pulse live")
    desk.faults.expect_a_cut_line()
    line.cut()
    expect(pulse).to_have_class("pulse lost")
    village.press(NEAR)
    line.mend()
    expect(pulse).to_have_class("pulse live")
    expect(desk.page).to_have_title("(1) 安心")
