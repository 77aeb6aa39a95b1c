"""What every request and answer passes: a bound on the body, and headers that keep a browser from doing
what no page here asks for, and a count of it. What is about people is never kept in a cache; only a route
that serves nothing of the kind says otherwise.
"""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.console.metrics import Requests

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

OVER_TLS = {"Strict-Transport-Security": "max-age=31536000"}
"""Where people come by TLS, a browser that was here once comes so for a year, whatever a link says."""

LARGEST_BODY = 1024 * 1024
"""Bytes of a request."""


def _bounded(scope: Scope, receive: Receive) -> Receive:
    """Refuses a body that is too large while it is read, and one that says so before a byte of it is read."""
    claimed = Headers(scope=scope).get("content-length", "")
    too_large = claimed.isascii() and claimed.isdigit() and int(claimed) > LARGEST_BODY
    total = 0

    async def receive_bounded() -> Message:
        nonlocal total
        if too_large:
            raise HTTPException(413, f"A request has at most {LARGEST_BODY} bytes.")
        message = await receive()
        if message["type"] == "http.request":
            total += len(message.get("body", b""))
            if total > LARGEST_BODY:
                raise HTTPException(413, f"A request has at most {LARGEST_BODY} bytes.")
        return message

    return receive_bounded


class Outside:
    """Wraps the whole application."""

    def __init__(self, app: ASGIApp, requests: Requests, *, over_tls: bool = False) -> None:
        self._app = app
        self._headers = HEADERS | (OVER_TLS if over_tls else {})
        self._requests = requests

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store")
                route = getattr(scope.get("route"), "path_format", "none")
                self._requests.count(scope["method"], route, message["status"])
            await send(message)

        await self._app(scope, _bounded(scope, receive), send_dressed)
