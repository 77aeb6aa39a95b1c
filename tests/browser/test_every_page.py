"""Every page, in every language, light and dark, on a phone and at a desk: nobody is shut out, nothing is cut
off, everything can be hit. The list of the pages is `pages.py`.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from services.console.rights import RIGHTS
from tests.browser.measuring import barriers, keyboard_faults, layout_faults, nothing, running_animations
from tests.browser.pages import NOT_LOOKED_AT, PAGES, Seen
from tests.browser.screens import DESK, LANGUAGES, NARROW, PHONE, SCREENS, Scheme, Screen
from tests.browser.staged import Staged
from tests.browser.viewers import Viewer, Viewers

MOST_BYTES = 100 * 1024
"""Of a first load over a weak line, everything together."""

every_page = pytest.mark.parametrize("seen", PAGES, ids=str)


def look(viewers: Viewers, staged: Staged, seen: Seen, screen: Screen, **how: object) -> Viewer:
    viewer = viewers.come(staged, seen.login, screen, **how)  # type: ignore[arg-type]
    viewer.faults.refusal_is_expected(seen.status)
    assert viewer.open(seen.path(staged)).status == seen.status
    assert viewer.page.url == staged.http + seen.path(staged), "somebody is kept from this page"
    return viewer


def by(scheme: Scheme, page: Page) -> None:
    page.emulate_media(color_scheme=scheme)


def test_every_page_is_in_the_list() -> None:
    routes = {
        path
        for method, path in RIGHTS
        if method == "GET" and not path.startswith("/api/") and path not in NOT_LOOKED_AT
    }
    assert routes - {seen.route for seen in PAGES} == set()


@every_page
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
def test_nobody_is_shut_out_and_nothing_is_cut_off(
    viewers: Viewers, staged: Staged, seen: Seen, language: str, screen: Screen
) -> None:
    page = look(viewers, staged, seen, screen, language=language).page
    nothing(layout_faults(page, finger=screen.touch))
    nothing(barriers(page))
    by("dark", page)
    nothing(barriers(page, colours_only=True))
    if screen is PHONE:
        page.set_viewport_size({"width": NARROW.width, "height": NARROW.height})
        nothing(layout_faults(page))


@every_page
def test_the_keyboard_is_enough(viewers: Viewers, staged: Staged, seen: Seen) -> None:
    nothing(keyboard_faults(look(viewers, staged, seen, DESK).page))


@every_page
def test_the_first_load_is_light(viewers: Viewers, staged: Staged, seen: Seen) -> None:
    viewer = viewers.come(staged, seen.login, PHONE)
    viewer.faults.refusal_is_expected(seen.status)
    loads: list[float] = []
    network = viewer.context.new_cdp_session(viewer.page)
    network.on("Network.loadingFinished", lambda told: loads.append(told["encodedDataLength"]))
    network.send("Network.enable")
    viewer.open(seen.path(staged))
    viewer.page.wait_for_load_state("load")
    assert len(loads) > 1
    assert sum(loads) <= MOST_BYTES


@every_page
def test_twice_as_large_letters_lose_nothing(viewers: Viewers, staged: Staged, seen: Seen) -> None:
    page = look(viewers, staged, seen, DESK).page
    size = "parseFloat(getComputedStyle(document.querySelector('main')).fontSize)"
    before = page.evaluate(size)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate(size) >= 1.8 * before
    nothing(layout_faults(page))


@every_page
def test_nothing_moves_for_whoever_asked_for_calm(viewers: Viewers, staged: Staged, seen: Seen) -> None:
    nothing(running_animations(look(viewers, staged, seen, PHONE, calm=True).page))


@every_page
def test_without_scripts_a_page_says_the_same(viewers: Viewers, staged: Staged, seen: Seen) -> None:
    said = [
        look(viewers, staged, seen, PHONE, scripts=scripts).page.locator("main h1, main h2").all_inner_texts()
        for scripts in (True, False)
    ]
    assert said[0] == said[1] != []
