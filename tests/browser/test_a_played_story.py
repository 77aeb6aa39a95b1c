"""The report of a played scenario is a file that people keep and show: it is read without the house, without
scripts, on a phone and at a desk, in light and in the dark.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest

from devices.simulator.pages import LANGUAGES, Language, write
from tests.browser.chromium import Chromium
from tests.browser.kept_pages import faults_of_a_kept_page
from tests.browser.measuring import keyboard_faults, layout_faults, nothing
from tests.unit.simulator.pages.told import night, played


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[Language, Path]:
    """The report in each language."""
    folder, story = tmp_path_factory.mktemp("played"), night()
    found = {language: folder / f"{language}.html" for language in LANGUAGES}
    for language, path in found.items():
        write(path, played(story), story, language)
    return found


@pytest.mark.parametrize(
    ("language", "width", "light"), [("zh-CN", 1440, "light"), ("bo", 390, "dark"), ("en", 390, "light")]
)
def test_nobody_is_shut_out_and_nothing_is_cut_off(
    browser: Chromium,
    pages: dict[Language, Path],
    language: Language,
    width: int,
    light: Literal["light", "dark"],
) -> None:
    nothing(faults_of_a_kept_page(browser, pages[language], width, light))


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_read_without_scripts(
    browser: Chromium, pages: dict[Language, Path], language: Language
) -> None:
    context = browser.browser.new_context(viewport={"width": 390, "height": 900}, java_script_enabled=False)
    try:
        page = context.new_page()
        page.goto(pages[language].as_uri())
        nothing(layout_faults(page))
        assert page.locator(".wishes tbody tr").count() == 5
        assert page.locator(".chart .press").first.is_visible()
    finally:
        context.close()


def test_the_names_stay_while_the_axis_scrolls_and_the_axis_begins_at_the_first_call(
    browser: Chromium, pages: dict[Language, Path]
) -> None:
    context = browser.browser.new_context(viewport={"width": 390, "height": 900})
    try:
        page = context.new_page()
        page.goto(pages["en"].as_uri())
        box = page.locator(".box").first
        assert box.evaluate("box => box.scrollLeft") > 100
        names, frame = page.locator(".names").first.bounding_box(), box.bounding_box()
        assert names is not None
        assert frame is not None
        assert abs(names["x"] - frame["x"]) <= 1
        nothing(keyboard_faults(page))
    finally:
        context.close()
