"""Every page, in every language, light and dark, on a phone and at a desk: nobody is shut out, nothing is cut
off, everything can be hit and reached. The list of the pages is `pages.py`; each is loaded once for all that
is measured on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product

import pytest

from services.console.rights import RIGHTS
from tests.browser.chromium import Chromium
from tests.browser.measuring import barriers, keyboard_faults, layout_faults, nothing, running_animations
from tests.browser.pages import NOT_LOOKED_AT, PAGES, Seen
from tests.browser.screens import DESK, LANGUAGES, NARROW, PHONE, SCREENS, Screen
from tests.browser.sitting import Sittings
from tests.browser.staged import Staged
from tests.browser.viewers import Viewer

MOST_BYTES = 100 * 1024
"""Of a first load over a weak line, everything together."""


@dataclass(frozen=True, slots=True)
class Case:
    """One page before one person."""

    seen: Seen
    language: str
    screen: Screen

    def __str__(self) -> str:
        return f"{self.seen}-{self.language}-{self.screen.name}"


@dataclass(frozen=True, slots=True)
class View:
    """The page as it came, and the bytes of each thing that came for it."""

    case: Case
    viewer: Viewer
    loads: list[float]


CASES = [Case(*each) for each in product(PAGES, LANGUAGES, SCREENS)]
every_page = pytest.mark.parametrize("seen", PAGES, ids=str)


@pytest.fixture(scope="module")
def sittings(browser: Chromium) -> Iterator[Sittings]:
    sittings = Sittings(browser)
    try:
        yield sittings
    finally:
        sittings.end()


@contextmanager
def looking(
    sittings: Sittings, staged: Staged, case: Case, *, scripts: bool = True, calm: bool = False
) -> Iterator[View]:
    """Load it with an empty cache; a fault before the eyes of whoever looks fails the test that ends it."""
    sitting = sittings.before(case.screen, case.language, scripts=scripts)
    seen = case.seen
    path = seen.path(staged)
    viewer, loads = sitting.look(staged, seen.login, path, status=seen.status, calm=calm)
    try:
        yield View(case, viewer, loads)
    finally:
        found = sitting.put_away(path)
    nothing(found)


@pytest.fixture(scope="module", params=CASES, ids=str)
def view(request: pytest.FixtureRequest, sittings: Sittings, staged: Staged) -> Iterator[View]:
    with looking(sittings, staged, request.param) as view:
        yield view


def test_the_first_load_is_light(view: View) -> None:
    assert len(view.loads) > 1
    assert sum(view.loads) <= MOST_BYTES


def test_nothing_is_cut_off_or_too_small_to_be_hit(view: View) -> None:
    page, screen = view.viewer.page, view.case.screen
    nothing(layout_faults(page, finger=screen.touch))
    if screen is PHONE:
        page.set_viewport_size({"width": NARROW.width, "height": NARROW.height})
        nothing(layout_faults(page))
        page.set_viewport_size({"width": PHONE.width, "height": PHONE.height})


def test_nobody_is_shut_out_by_day_or_by_night(view: View) -> None:
    page = view.viewer.page
    nothing(barriers(page))
    page.emulate_media(color_scheme="dark")
    nothing(barriers(page, colours_only=True))


@pytest.fixture(scope="module", params=PAGES, ids=str)
def at_the_desk(request: pytest.FixtureRequest, sittings: Sittings, staged: Staged) -> Iterator[View]:
    """Somebody who has asked the machine for calm."""
    with looking(sittings, staged, Case(request.param, "zh-CN", DESK), calm=True) as view:
        yield view


def test_nothing_moves_for_whoever_asked_for_calm(at_the_desk: View) -> None:
    nothing(running_animations(at_the_desk.viewer.page))


def test_the_keyboard_is_enough(at_the_desk: View) -> None:
    nothing(keyboard_faults(at_the_desk.viewer.page))


def test_twice_as_large_letters_lose_nothing(at_the_desk: View) -> None:
    page = at_the_desk.viewer.page
    size = "parseFloat(getComputedStyle(document.querySelector('main')).fontSize)"
    before = page.evaluate(size)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate(size) >= 1.8 * before
    nothing(layout_faults(page))


@every_page
def test_without_scripts_a_page_says_the_same(sittings: Sittings, staged: Staged, seen: Seen) -> None:
    case = Case(seen, "zh-CN", PHONE)
    said = []
    for scripts in (True, False):
        with looking(sittings, staged, case, scripts=scripts) as view:
            main = view.viewer.page.locator("main")
            said.append([main.locator(part).all_inner_texts() for part in ("h1, h2", "button, a.act")])
    assert said[0] == said[1]


def test_every_page_is_in_the_list() -> None:
    routes = {
        path
        for method, path in RIGHTS
        if method == "GET" and not path.startswith("/api/") and path not in NOT_LOOKED_AT
    }
    assert routes - {seen.route for seen in PAGES} == set()
