"""Signing in: with one hand on a phone, by keys alone at a desk, with scripts and without; out again; and the
language of the machine.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.screens import DESK, PHONE, Screen
from tests.browser.viewers import Viewers
from tests.browser.village import OTHER_GRID, PASSWORD, ROLES, Village

SIGN_IN = re.compile(r"/sign-in(\?.*)?$")
with_and_without_scripts = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])


def sign_in(page: Page, login: str, password: str = PASSWORD) -> None:
    """As somebody does it who keeps to the keyboard."""
    page.locator("[name=username]").focus()
    page.keyboard.type(login)
    page.keyboard.press("Tab")
    page.keyboard.type(password)
    page.keyboard.press("Enter")


@with_and_without_scripts
@pytest.mark.parametrize(("login", "screen"), [("desk", DESK), ("grid", PHONE), ("manager", DESK)])
def test_a_role_signs_in_and_out(
    viewers: Viewers, village: Village, login: str, screen: Screen, scripts: bool
) -> None:
    somebody = viewers.come(village, None, screen, scripts=scripts)
    somebody.open("/")
    expect(somebody.page).to_have_url(SIGN_IN)
    sign_in(somebody.page, login)
    expect(somebody.page).to_have_url(f"{village.http}/")
    menu = somebody.page.locator("details.person summary")
    expect(menu).to_contain_text(ROLES[login][0])
    menu.focus()
    somebody.page.keyboard.press("Enter")
    somebody.page.locator("form[action='/sign-out'] button").press("Enter")
    expect(somebody.page).to_have_url(SIGN_IN)
    somebody.open("/")
    expect(somebody.page).to_have_url(SIGN_IN)


@with_and_without_scripts
def test_a_wrong_password_is_said_and_the_name_stays(
    viewers: Viewers, village: Village, scripts: bool
) -> None:
    somebody = viewers.come(village, scripts=scripts)
    somebody.faults.refusal_is_expected(401)
    somebody.open("/sign-in")
    sign_in(somebody.page, "grid", "a-day-in-june")
    expect(somebody.page.get_by_role("alert")).to_be_visible()
    expect(somebody.page.locator("[name=username]")).to_have_value("grid")


@with_and_without_scripts
def test_the_language_of_the_machine_is_chosen_before_and_after_signing_in(
    viewers: Viewers, village: Village, scripts: bool
) -> None:
    somebody = viewers.come(village, language=None, scripts=scripts)
    somebody.open("/sign-in")
    html = somebody.page.locator("html")
    expect(html).to_have_attribute("lang", "zh-CN")
    somebody.page.get_by_role("button", name="བོད་ཡིག").click()
    expect(html).to_have_attribute("lang", "bo")
    sign_in(somebody.page, "grid")
    expect(html).to_have_attribute("lang", "bo")
    somebody.page.locator("details.person summary").click()
    somebody.page.get_by_role("button", name="English").click()
    expect(html).to_have_attribute("lang", "en")


def test_a_grid_worker_sees_nobody_of_another_grid(viewers: Viewers, village: Village) -> None:
    worker = viewers.come(village, "grid")
    village.press(OTHER_GRID)
    village.link(OTHER_GRID)
    worker.open("/")
    expect(worker.page.locator("main")).not_to_contain_text(OTHER_GRID)
