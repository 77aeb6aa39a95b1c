"""Sittings: somebody stays before one screen, and page after page comes before them, each to a browser that
knows nothing: no cookie but that of whoever it is for, no cache, nothing kept, no worker of a page before. To
open a window for each page would take longer than to measure it.
"""

from __future__ import annotations

from playwright.sync_api import CDPSession

from tests.browser.chromium import Chromium
from tests.browser.screens import Screen
from tests.browser.viewers import LANGUAGE_COOKIE, Viewer, Viewers, Visited, signed_in


class Sitting:
    """One window of one screen in one language, opened when it is first looked at."""

    def __init__(self, chromium: Chromium, screen: Screen, language: str, *, scripts: bool) -> None:
        self._chromium = chromium
        self._viewers = Viewers(chromium)
        self._screen = screen
        self._language = language
        self._scripts = scripts
        self._viewer: Viewer | None = None
        self._network: CDPSession
        self._loads: list[float] = []
        self._shown: str | None = None
        self._unsaid: list[str] = []

    def look(
        self, house: Visited, login: str | None, path: str, *, status: int, calm: bool
    ) -> tuple[Viewer, list[float]]:
        """Load a page as somebody who was never here; the bytes of each thing that came for it."""
        self._unsaid += self._away()
        viewer = self._before_an_empty_window(house)
        viewer.faults.forget()
        self._shown = path
        viewer.faults.refusal_is_expected(status)
        cookies = signed_in(self._chromium, house, login)["cookies"] if login is not None else []
        language = {"name": LANGUAGE_COOKIE, "value": self._language, "url": house.http}
        viewer.context.add_cookies([*cookies, language])  # type: ignore[list-item]
        viewer.page.set_viewport_size({"width": self._screen.width, "height": self._screen.height})
        viewer.page.emulate_media(color_scheme="light", reduced_motion="reduce" if calm else "no-preference")
        self._loads = []
        assert viewer.open(path).status == status
        assert viewer.page.url == house.http + path, "somebody is kept from this page"
        return viewer, self._loads

    def put_away(self, path: str) -> list[str]:
        """That page goes, if it is still there; what went wrong before their eyes, and was not yet said."""
        found = self._unsaid + (self._away() if path == self._shown else [])
        self._unsaid = []
        return found

    def _away(self) -> list[str]:
        if self._viewer is None or self._shown is None:
            return []
        self._shown = None
        self._viewer.page.goto("about:blank")
        return self._viewer.faults.found

    def end(self) -> None:
        self._viewers.leave()

    def _on_loaded(self, told: dict[str, float]) -> None:
        self._loads.append(told["encodedDataLength"])

    def _before_an_empty_window(self, house: Visited) -> Viewer:
        if self._viewer is None or self._viewer.page.is_closed():
            self._viewer = self._viewers.come(
                house, None, self._screen, language=self._language, scripts=self._scripts
            )
            self._network = self._viewer.context.new_cdp_session(self._viewer.page)
            self._network.on("Network.loadingFinished", self._on_loaded)
            self._network.send("Network.enable")
        self._network.send("Storage.clearDataForOrigin", {"origin": house.http, "storageTypes": "all"})
        self._network.send("Network.clearBrowserCache")
        # What the page itself keeps in memory goes when it may keep nothing.
        for kept in (True, False):
            self._network.send("Network.setCacheDisabled", {"cacheDisabled": kept})
        self._viewer.context.clear_cookies()
        return self._viewer


class Sittings:
    """A sitting for each screen and language."""

    def __init__(self, chromium: Chromium) -> None:
        self._chromium = chromium
        self._all: dict[tuple[str, str, bool], Sitting] = {}

    def before(self, screen: Screen, language: str, *, scripts: bool = True) -> Sitting:
        key = (screen.name, language, scripts)
        if key not in self._all:
            self._all[key] = Sitting(self._chromium, screen, language, scripts=scripts)
        return self._all[key]

    def end(self) -> None:
        """Everybody leaves."""
        for sitting in self._all.values():
            sitting.end()
