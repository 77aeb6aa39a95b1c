"""The pages of the house, in one list: who looks at each and where it is on the staged night. Shots and
checks go by it, and a page that is in no line fails a test.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.browser.staged import Staged


@dataclass(frozen=True, slots=True)
class Seen:
    """A page as somebody sees it. ``route``: as its right names it; ``status``: with which it is answered."""

    name: str
    login: str | None
    route: str
    path: Callable[[Staged], str]
    status: int = 200

    def __str__(self) -> str:
        return self.name


PAGES = (
    Seen("sign-in", None, "/sign-in", lambda _: "/sign-in"),
    Seen("board", "desk", "/", lambda _: "/"),
    Seen("board-of-a-grid", "grid", "/", lambda _: "/"),
    Seen("looks", "admin", "/looks", lambda _: "/looks"),
    Seen("nothing-here", "grid", "", lambda _: "/nothing-here", status=404),
)

NOT_LOOKED_AT = frozenset({"/healthz", "/readyz", "/metrics", "/openapi.json", "/static/{edition}/{name}"})
"""Routes outside the API that answer programs."""
