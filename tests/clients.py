"""Clients of the console in the test's own process. They share one event loop, which stays for the run: to
begin one for each question would cost a fifth of it. Nothing of one client is kept for another.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

from anyio.from_thread import BlockingPortal, start_blocking_portal
from fastapi.testclient import TestClient

_open = ExitStack()
_loops: list[BlockingPortal] = []


class Client(TestClient):
    """A client whose questions are answered on the loop that stays."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if not _loops:
            _loops.append(_open.enter_context(start_blocking_portal("asyncio")))
        self.portal = _loops[0]


def pytest_unconfigure() -> None:
    """The loop ends with the run; nobody asks after it."""
    _open.close()
    _loops.clear()
