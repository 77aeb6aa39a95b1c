"""The report of a backtest is a file that people keep: it is read without the house, on a phone and at a
desk, in light and in the dark.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest

from services.console.pages.backtest.view import report_page
from services.domain.people import Language
from tests.browser.chromium import Chromium
from tests.browser.kept_pages import faults_of_a_kept_page
from tests.browser.measuring import nothing
from tests.unit.backtest.house import LivedThrough
from tests.unit.rules.cast import in_bed, rulebook

BOOK = rulebook("id: out, on: bed.exited, unless: bed.entered, for: 20m, severity: high")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[Language, Path]:
    """The report in each language."""
    folder = tmp_path_factory.mktemp("reports")
    house = LivedThrough(folder, in_bed().event("bed.exited", 0).event("bed.entered", 1800).end(3600), BOOK)
    report = house.tried(BOOK)
    house.store.close()
    found = {}
    for language in Language:
        found[language] = folder / f"{language}.html"
        page = report_page(report, language, "Asia/Shanghai", {"r1": "德吉"})
        found[language].write_text(page, encoding="utf-8")
    return found


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize(("width", "light"), [(390, "light"), (1440, "dark")])
def test_nobody_is_shut_out_and_nothing_is_cut_off(
    browser: Chromium,
    pages: dict[Language, Path],
    language: Language,
    width: int,
    light: Literal["light", "dark"],
) -> None:
    nothing(faults_of_a_kept_page(browser, pages[language], width, light))
