"""Decides how a run on several processes is shared out: what is dear first, so that nobody waits at the end
for one last file, and a file in one piece, for its tests share what they start. Only the pages that are
measured in hundreds are shared out one by one. It never decides whether a test runs.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

DEAREST_FIRST = ("tests/live/", "tests/browser/", "tests/wire/", "tests/contracts/", "tests/stories/")
EACH_PAGE = "tests/browser/test_every_page.py"
_OF_ONE_PAGE = re.compile(r"\[(?P<page>[a-z-]+?)(-(zh-CN|bo|en)-[a-z]+)?]$")


def share_of(test: str) -> str:
    """The name of the share in which this test runs, by its id."""
    file = test.partition("::")[0]
    page = _OF_ONE_PAGE.search(test) if file == EACH_PAGE else None
    return f"{file}[{page['page']}]" if page else file


def place_of(test: str) -> int:
    """The lower, the earlier it begins."""
    places = (place for place, folder in enumerate(DEAREST_FIRST) if test.startswith(folder))
    return next(places, len(DEAREST_FIRST))


class Shares(LoadScopeScheduling):  # type: ignore[misc]  # it ships no types
    """Hands out one share after another to whoever has nothing left to do."""

    def _split_scope(self, nodeid: str) -> str:
        return share_of(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Shares:
    config.option.loadscopereorder = False  # it would begin with the files of many small tests
    return Shares(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: place_of(item.nodeid))
