"""Faults: what goes wrong before somebody's eyes without a test having asked. Errors in the console (a
refusal by the content policy among them), exceptions of scripts, requests that failed, answers that refuse,
and any request that leaves the house. Whoever expects one says so.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, Response, WebError

ABANDONED = "net::ERR_ABORTED"
"""A page that is left takes its stream with it."""
AT_HOME = ("data", "blob", "about")
NOT_LOADED = re.compile(r"Failed to load resource: .*(status of (?P<status>\d+)|net::ERR_)")


class Faults:
    """Collects them for one context, its service workers included."""

    def __init__(self, context: BrowserContext, http: str) -> None:
        self.found: list[str] = []
        self._house = urlsplit(http).netloc
        self._statuses: set[int] = set()
        self._line_is_cut = False
        context.on("console", self._on_console)
        context.on("weberror", self._on_exception)
        context.on("request", self._on_request)
        context.on("requestfailed", self._on_failure)
        context.on("response", self._on_response)

    def refusal_is_expected(self, status: int) -> None:
        """From now on an answer with this status is no fault."""
        self._statuses.add(status)

    def forget(self) -> None:
        """A new beginning: nothing went wrong yet, and no refusal is expected."""
        self.found = []
        self._statuses.clear()

    def expect_a_cut_line(self) -> None:
        """From now on requests may fail, until `expect_a_whole_line`."""
        self._line_is_cut = True

    def expect_a_whole_line(self) -> None:
        """From now on every request has to succeed again."""
        self._line_is_cut = False

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type != "error":
            return
        not_loaded = NOT_LOADED.search(message.text)
        if not_loaded and (self._line_is_cut or int(not_loaded["status"] or 0) in self._statuses):
            return
        self.found.append(f"console: {message.text} ({message.location.get('url', '')})")

    def _on_exception(self, error: WebError) -> None:
        self.found.append(f"exception: {error.error}")

    def _on_request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.netloc != self._house and address.scheme not in AT_HOME:
            self.found.append(f"asked outside: {request.url}")

    def _on_failure(self, request: Request) -> None:
        if request.failure != ABANDONED and not self._line_is_cut:
            self.found.append(f"failed: {request.method} {request.url}: {request.failure}")

    def _on_response(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self._statuses and not self._line_is_cut:
            self.found.append(f"refused: {response.status} {response.request.method} {response.url}")
