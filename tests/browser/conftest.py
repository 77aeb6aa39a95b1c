"""One browser for the folder, and gone with its last test: while Playwright works, no other test of this
process could run an event loop of its own. So do the houses; people before screens last one test.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.chromium import Chromium, chromium
from tests.browser.line import Line
from tests.browser.measuring import nothing
from tests.browser.staged import Staged
from tests.browser.viewers import Viewers
from tests.browser.village import Village

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever lies in this folder starts Chromium."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.needs_program("chromium"))


@pytest.fixture(scope="package")
def browser() -> Iterator[Chromium]:
    with chromium() as started:
        yield started


@pytest.fixture
def viewers(browser: Chromium) -> Iterator[Viewers]:
    """Lets people come; a fault before the eyes of any of them fails the test."""
    coming = Viewers(browser)
    found: list[str] = []
    try:
        yield coming
    finally:
        found = coming.leave()
    nothing(found)


@pytest.fixture(scope="package")
def village_in_use(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Village]:
    village = Village(tmp_path_factory.mktemp("village") / "data")
    try:
        yield village.start()
    finally:
        village.end()


@pytest.fixture(scope="package")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staged]:
    """The staged night, for whoever only looks."""
    night = Staged(tmp_path_factory.mktemp("staged") / "data")
    try:
        yield night.start()
    finally:
        night.end()


@pytest.fixture
def village(village_in_use: Village) -> Village:
    """The village, up, and with nothing running."""
    village_in_use.calm()
    return village_in_use


@pytest.fixture
def line(village: Village) -> Iterator[Line]:
    """A line to the village that can be cut: who comes to `Over(line, village)` comes over it."""
    drawn = Line(village.http)
    try:
        yield drawn
    finally:
        drawn.close()
