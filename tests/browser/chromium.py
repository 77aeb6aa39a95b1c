"""Chromium as Debian ships it, driven by Playwright. Nothing of it outlives the block that started it, also
where that block failed: what is left is ended and named.
"""

from __future__ import annotations

import os
import secrets
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Error, Playwright, sync_playwright

from devices.simulator import clock
from tests.programs import program

ARGUMENTS = ["--no-sandbox"]
"""Its sandbox refuses to work for root and in most containers; it looks at nothing but our own pages."""
MARK = "ANXIN_TEST_BROWSER"
GONE_WITHIN = timedelta(seconds=10)
CLOSED_WITHIN = timedelta(seconds=20)


class BrowserLeftBehind(Exception):
    """Processes of a browser that did not end with it."""


class Chromium:
    """One browser at a time; a new one where the one before is gone."""

    def __init__(self, playwright: Playwright, word: str) -> None:
        self._playwright = playwright
        self._word = word
        self._browser: Browser | None = None

    @property
    def browser(self) -> Browser:
        if self._browser is None or not self._browser.is_connected():
            self._browser = self._playwright.chromium.launch(
                executable_path=program("chromium"), args=ARGUMENTS, env={**os.environ, MARK: self._word}
            )
        return self._browser

    def leave(self, context: BrowserContext) -> None:
        """Close a context. One that does not close in time takes its browser along: now and then Playwright
        waits for an answer of Chromium that never comes.
        """
        with self._no_longer_than(CLOSED_WITHIN), suppress(Error):
            context.close()

    def end(self) -> None:
        """Close the browser."""
        if self._browser is not None:
            with self._no_longer_than(CLOSED_WITHIN), suppress(Error):
                self._browser.close()

    @contextmanager
    def _no_longer_than(self, wait_for: timedelta) -> Iterator[None]:
        def kill() -> None:
            for number in marked(self._word):
                with suppress(ProcessLookupError):
                    os.kill(number, signal.SIGKILL)

        late = threading.Timer(wait_for.total_seconds(), kill)
        late.start()
        try:
            yield
        finally:
            late.cancel()


@contextmanager
def chromium() -> Iterator[Chromium]:
    """A browser for the time of the block. `BrowserLeftBehind` if a process of it would not end."""
    word = secrets.token_hex(8)
    try:
        with sync_playwright() as playwright:
            started = Chromium(playwright, word)
            try:
                yield started
            finally:
                started.end()
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
