"""Compressing: pages and their files travel small, for a phone on a weak network.

Compression beside a secret can give the secret away by the length of the answer, where somebody else decides
a part of the same answer, again and again (BREACH). No page that can be asked for twice holds one: the
session is known by a cookie that no script reads and that never stands in a body, and no form has a token
(the gate judges by the Origin). What shows a secret once answers a POST, and like the API and the live stream
it goes as it is.
"""

from __future__ import annotations

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

SMALLEST_BYTES = 1000
"""Less than this fits into one packet anyway."""
LEVEL = 5
"""A page of 500 residents: 1.5 ms, and half a percent larger than by the slowest level."""


class Compressing:
    """Wraps the application; only what is for people is made smaller."""

    def __init__(self, app: ASGIApp) -> None:
        self._plain = app
        self._small = GZipMiddleware(app, minimum_size=SMALLEST_BYTES, compresslevel=LEVEL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await (self._small if _is_for_people(scope) else self._plain)(scope, receive, send)


def _is_for_people(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["method"] != "GET":
        return False
    path: str = scope["path"]
    return not path.startswith(("/api/", "/metrics"))
