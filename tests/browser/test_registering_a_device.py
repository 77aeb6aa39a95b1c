"""Registering a device: a technician at the bedside with a phone enters it, gives it its credentials, and
sees each step turn green on real messages; a desk and a browser without scripts come to the same end.
"""

from __future__ import annotations

import itertools
import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.saying import Said, say
from tests.browser.screens import DESK, PHONE, Screen
from tests.browser.viewers import Viewers
from tests.browser.village import NEAR, Village

_numbers = itertools.count(418)
LIVE_WITHIN_MS = 3000
"""A page that waits for a device asks each second."""


@pytest.fixture
def label() -> str:
    """What stands on a device that nobody has registered yet."""
    return f"button-{next(_numbers):04}"


def choose_home(page: Page) -> None:
    page.locator("[type=search]").fill(NEAR)
    page.locator("[type=search]").press("Enter")
    page.get_by_role("link", name=re.compile(NEAR)).click()


def enter(page: Page, label: str) -> None:
    page.locator("[name=label]").fill(label)
    page.locator("label", has=page.locator("[name=type][value=call_button]")).click()
    page.locator("label", has=page.locator("[name=place]")).first.click()
    page.locator("#register .thumb-bar button").click()


def password_on(page: Page) -> str:
    """As somebody copies it into the device, without the gaps between its groups."""
    return "".join(page.locator(".password").inner_text().split())


def copied(page: Page, place: str) -> str:
    """What somebody gets who selects it and copies."""
    page.locator(place).evaluate("place => getSelection().selectAllChildren(place)")
    return str(page.evaluate("String(getSelection())"))


def go_on(page: Page) -> None:
    """Leave the credentials: the way on is not there before somebody said that the device has them."""
    onward = page.locator(".thumb-bar a.act")
    expect(onward).to_be_hidden()
    page.locator(".thumb-bar label").click()
    onward.click()


@pytest.mark.parametrize("screen", [PHONE, DESK], ids=lambda screen: screen.name)
def test_each_step_turns_green_on_what_the_device_really_does(
    viewers: Viewers, village: Village, label: str, screen: Screen
) -> None:
    technician = viewers.come(village, "tech", screen)
    page = technician.page
    technician.open("/devices")
    page.locator("a[href='/devices/new']").click()
    choose_home(page)
    enter(page, label)
    expect(page.locator(".code-frame svg")).to_be_visible()
    password = password_on(page)
    assert copied(page, ".password") == password
    top, below = (page.locator(each).bounding_box() for each in (".password", ".code-frame svg"))
    assert top is not None
    assert below is not None
    assert top["y"] + top["height"] < screen.height, "the password stands on the first screen"
    assert below["y"] > top["y"]
    go_on(page)
    steps = page.locator(".steps > li")
    heard = page.locator("[data-part=step-heard]")
    expect(heard).not_to_have_class("done")
    say(village.mqtt, [Said(label, "device.online")], label, password)
    expect(heard).to_have_class("done", timeout=LIVE_WITHIN_MS)
    say(village.mqtt, [Said(label, "call_button.pressed")], label, password)
    expect(page.locator("[data-part=step-told]")).to_have_class("done", timeout=LIVE_WITHIN_MS)
    alert = village.running()["id"]
    village.api.post(f"alerts/{alert}/accept", {"worker_id": village.workers["grid"]}, status=200)
    for number in range(steps.count()):
        expect(steps.nth(number)).to_have_class("done", timeout=LIVE_WITHIN_MS)
    expect(page.locator(".verdict")).to_contain_text(NEAR)
    expect(page.locator("body")).not_to_have_attribute("data-every", re.compile(r"\d"))  # it waits no more


def test_without_scripts_it_is_registered_as_well(viewers: Viewers, village: Village, label: str) -> None:
    technician = viewers.come(village, "tech", scripts=False)
    page = technician.page
    technician.open("/devices/new")
    choose_home(page)
    enter(page, label)
    password = password_on(page)
    go_on(page)
    say(village.mqtt, [Said(label, "device.online")], label, password)
    page.reload()
    expect(page.locator("[data-part=step-heard]")).to_have_class("done")


def test_a_label_that_is_taken_is_said_where_it_was_typed_and_nothing_typed_is_lost(
    viewers: Viewers, village: Village
) -> None:
    technician = viewers.come(village, "tech")
    technician.faults.refusal_is_expected(409)
    technician.faults.refusal_is_expected(422)
    page = technician.page
    technician.open(f"/devices/new?resident={village.residents[NEAR]}")
    enter(page, village.button(NEAR))
    expect(page.locator("[name=label]")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("[name=label]")).to_have_value(village.button(NEAR))
    expect(page.locator("[name=type][value=call_button]")).to_be_checked()
