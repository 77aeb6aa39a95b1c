"""Measuring: what of a page that is shown somebody could not see, read, hit or reach. Each answer is a list
of sentences, empty where nothing is wrong. It changes nothing on the page.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
"""The tags of axe-core up to WCAG 2.2 AA."""
TABS_IN_ONE = 8
"""So often Tab stops within one field at most: at each part of a day and a time, and at what unfolds them."""
_FOLDER = Path(__file__).parent / "measures"


def nothing(faults: list[str]) -> None:
    """Fail with every sentence in full, unless there is none."""
    __tracebackhide__ = True
    if faults:
        pytest.fail("\n".join(faults), pytrace=False)


def barriers(page: Page, *, colours_only: bool = False) -> list[str]:
    """What axe finds. ``colours_only``: what may have changed with the light, and nothing else."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    only = (
        {"type": "rule", "values": ["color-contrast"]} if colours_only else {"type": "tag", "values": RULES}
    )
    options = json.dumps({"runOnly": only, "resultTypes": ["violations"]})
    with _unrolled(page):
        found: dict[str, Any] = page.evaluate(f"axe.run(document, {options})")
    return [
        f"{each['id']}: {node['target']} {node['failureSummary']}"
        for each in found["violations"]
        for node in each["nodes"]
    ]


@contextmanager
def _unrolled(page: Page) -> Iterator[None]:
    """A screen as high as the page: nothing lies under a bar that can be scrolled away from."""
    shown = page.viewport_size
    assert shown is not None
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": shown["width"], "height": max(height, shown["height"])})
    try:
        yield
    finally:
        page.set_viewport_size(shown)


def layout_faults(page: Page, *, finger: bool = False) -> list[str]:
    """What sticks out, is cut off, overlaps, or is too small for a finger."""
    found: list[str] = page.evaluate(_measure("layout"), {"finger": finger})
    return found


def keyboard_faults(page: Page) -> list[str]:
    """What Tab does not reach, what it reaches without a sign, and what only a mouse can press."""
    usable: dict[str, Any] = page.evaluate(_measure("keyboard"))
    names: list[str] = usable["names"]
    reached: set[int] = set()
    faults = [f"only for a mouse: {each}" for each in usable["mice"]]
    before = None
    for _ in range(TABS_IN_ONE * len(names) + 2):
        page.keyboard.press("Tab")
        at = page.evaluate("window.__reached.now()")
        if at["number"] == before:  # the parts of a field for a day or a time
            continue
        before = at["number"]
        if at["number"] in reached:
            break
        if at["number"] < 0:  # the browser itself, before the first or after the last
            continue
        reached.add(at["number"])
        faults += [] if at["visible"] else [f"no sign of the focus: {names[at['number']]}"]
        faults += [f"focus behind something: {names[at['number']]}"] if at["hidden"] else []
    choices: list[str | None] = usable["choices"]
    chosen = {choices[number] for number in reached} - {None}
    missed = [
        name for number, name in enumerate(names) if number not in reached and choices[number] not in chosen
    ]
    return faults + [f"not reached: {each}" for each in missed]


def running_animations(page: Page) -> list[str]:
    """What moves on for longer than a blink."""
    found: list[str] = page.evaluate(_measure("motion"))
    return found


@cache
def _measure(name: str) -> str:
    return (_FOLDER / f"{name}.js").read_text(encoding="utf-8")
