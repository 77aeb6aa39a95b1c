"""Chromium as Debian ships it, driven by Playwright. Nothing of it outlives the block that started it, also
where that block failed: what is left is ended and named.
"""

from __future__ import annotations

import os
import secrets
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from devices.simulator import clock
from tests.programs import program

ARGUMENTS = ["--no-sandbox"]
"""Its sandbox refuses to work for root and in most containers; it looks at nothing but our own pages."""
MARK = "ANXIN_TEST_BROWSER"
GONE_WITHIN = timedelta(seconds=10)


class BrowserLeftBehind(Exception):
    """Processes of a browser that did not end with it."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser for the time of the block. `BrowserLeftBehind` if a process of it would not end."""
    word = secrets.token_hex(8)
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=program("chromium"),
                args=ARGUMENTS,
                env={**os.environ, MARK: word},
            )
            try:
                yield browser
            finally:
                browser.close()
    finally:
        _see_that_it_is_gone(word)


def marked(word: str) -> list[int]:
    """The processes that carry this word in their environment."""
    sign = f"{MARK}={word}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if sign in (folder / "environ").read_bytes():
                found.append(int(folder.name))
        except OSError:  # it ended meanwhile, or is another's
            continue
    return found


def _see_that_it_is_gone(word: str) -> None:
    if clock.until(lambda: not marked(word), GONE_WITHIN):
        return
    left = marked(word)
    for number in left:
        os.kill(number, signal.SIGKILL)
    raise BrowserLeftBehind(f"processes {left}")
