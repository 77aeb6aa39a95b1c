"""Viewers: people before a screen, each with a browser context of their own. Whoever comes is signed in as
asked; when they leave, what went wrong before their eyes is told. They never share a cookie or a cache.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from playwright.sync_api import BrowserContext, Page, Response, StorageState, expect

from tests.browser.chromium import Chromium
from tests.browser.faults import Faults
from tests.browser.screens import PHONE, Scheme, Screen

PATIENCE_MS = 15_000
"""How long a page may take for anything that a test does not time. Machines that run tests are busy."""
LANGUAGE_COOKIE = "anxin_language"


class Visited(Protocol):
    """A house that people come to with a browser."""

    @property
    def http(self) -> str:
        """Its address, without a slash at the end."""
        ...

    @property
    def now(self) -> datetime | None:
        """Where its clock stands; None where it goes with the wall's."""
        ...

    def password_of(self, login: str) -> str: ...


class DidNotSignIn(Exception):
    """The house did not let a login in."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody before a screen."""

    context: BrowserContext
    page: Page
    faults: Faults
    house: Visited
    chromium: Chromium

    def open(self, path: str = "/") -> Response:
        """Go to a page of the house and wait until it is loaded."""
        answer = self.page.goto(self.house.http + path)
        assert answer is not None, path
        return answer

    def another_page(self) -> Page:
        """A second tab of the same browser."""
        return self.context.new_page()

    def leave(self) -> list[str]:
        """Close the browser's window; what went wrong in it."""
        self.chromium.leave(self.context)
        return self.faults.found


class Viewers:
    """Lets viewers come, and sees that none stays."""

    def __init__(self, chromium: Chromium) -> None:
        self._chromium = chromium
        self._here: list[Viewer] = []
        expect.set_options(timeout=PATIENCE_MS)

    def come(
        self,
        house: Visited,
        login: str | None = None,
        screen: Screen = PHONE,
        *,
        language: str | None = "zh-CN",
        scheme: Scheme = "light",
        scripts: bool = True,
        calm: bool = False,
    ) -> Viewer:
        """Somebody with an empty browser, signed in as ``login`` if one is named.

        ``language`` None: as the house finds it right. ``calm``: has asked the machine for less motion.
        """
        context = self._chromium.browser.new_context(
            storage_state=signed_in(self._chromium, house, login) if login is not None else None,
            viewport={"width": screen.width, "height": screen.height},
            has_touch=screen.touch,
            is_mobile=screen.touch,
            locale=language or "zh-CN",
            color_scheme=scheme,
            java_script_enabled=scripts,
            reduced_motion="reduce" if calm else "no-preference",
        )
        context.set_default_timeout(PATIENCE_MS)
        if language is not None:
            context.add_cookies([{"name": LANGUAGE_COOKIE, "value": language, "url": house.http}])
        if house.now is not None:
            context.clock.set_fixed_time(house.now)
        faults = Faults(context, house.http)
        viewer = Viewer(context, context.new_page(), faults, house, self._chromium)
        self._here.append(viewer)
        return viewer

    def leave(self) -> list[str]:
        """Everybody leaves; what went wrong before the eyes of any of them."""
        found = [fault for viewer in self._here for fault in viewer.leave()]
        self._here.clear()
        return found


_known: dict[tuple[str, str], StorageState] = {}
"""Sessions of houses whose time stands still: there nobody signs out, and to look at a password is slow."""


def signed_in(chromium: Chromium, house: Visited, login: str) -> StorageState:
    """What the browser keeps of somebody who has signed in."""
    key = (house.http, login)
    if house.now is None or key not in _known:
        context = chromium.browser.new_context()
        answer = context.request.post(
            f"{house.http}/api/v1/session", data={"username": login, "password": house.password_of(login)}
        )
        if not answer.ok:
            raise DidNotSignIn(f"{login}: {answer.status} {answer.text()}")
        _known[key] = context.storage_state()
        chromium.leave(context)
    return _known[key]
