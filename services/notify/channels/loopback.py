"""The loop-back: a receiver of the house's own at the end of the way of its own presses.

Each message is posted by the webhook channel over HTTP to a socket on loopback that is opened for it alone
and closed after it, and is confirmed only if its signature and its id are right: what a person's receiver
sees, without a person. It takes no message that is about people.
"""

from __future__ import annotations

import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import TracebackType
from typing import Self

from services.notify.channels.channel import ChannelOutcome, Sending, refused
from services.notify.channels.posting import SEND_FOR
from services.notify.channels.webhook import SIGNATURE, WebhookChannel

MOST_BODY = 64 * 1024


class LoopbackChannel:
    """Sends to the house itself. ``key`` is that of the webhook's signatures."""

    def __init__(self, webhook: WebhookChannel, key: str) -> None:
        self._webhook = webhook
        self._key = key.encode()

    def send(self, address: str, sending: Sending) -> ChannelOutcome:  # noqa: ARG002 - the port's
        if not sending.notice.synthetic:
            return refused("address", "the loop-back takes nothing that is about people")
        try:
            with Receiver(self._key, sending.notice.id) as receiver:
                return self._webhook.send(receiver.url, sending)
        except OSError as error:
            return refused("unreachable", f"no socket on loopback: {error}", may_pass=True)


class Receiver:
    """Waits on loopback for one message with this id, signed with this key."""

    def __init__(self, key: bytes, notice_id: str) -> None:
        self._server = _Server(key, notice_id)
        self._thread = threading.Thread(
            target=self._server.handle_request, name="anxin-loopback", daemon=True
        )

    @property
    def url(self) -> str:
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}/"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._thread.join(SEND_FOR.total_seconds())
        self._server.server_close()


class _Server(HTTPServer):
    timeout = SEND_FOR.total_seconds()

    def __init__(self, key: bytes, notice_id: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.key = key
        self.notice_id = notice_id


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = SEND_FOR.total_seconds()

    def do_POST(self) -> None:
        body = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), MOST_BODY))
        fault = self._fault_of(body)
        said = {"accepted": True} if fault is None else {"accepted": False, "reason": fault}
        answer = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def _fault_of(self, body: bytes) -> str | None:
        at, _, signed = (self.headers.get(SIGNATURE) or "").partition(",v1=")
        seconds = at.removeprefix("t=").encode()
        wanted = hmac.new(self.server.key, seconds + b"." + body, "sha256").hexdigest()
        if not hmac.compare_digest(signed, wanted):
            return "the signature is not the house's"
        if json.loads(body).get("id") != self.server.notice_id:
            return "another message than the one that was sent"
        return None

    def log_message(self, format: str, *args: object) -> None:
        """Nothing on the console for each press of the house's own."""
