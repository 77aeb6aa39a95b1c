"""The telephones of the cast: a small web server on loopback where each worker has a webhook of their own.
It takes every notice that comes, confirms it, and keeps it until somebody reads it.
"""

import json
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any


@dataclass(frozen=True, slots=True)
class Call:
    """One webhook as it came in: whose telephone rang, and the CloudEvent."""

    worker: str
    event: dict[str, Any]


class Telephones:
    """Serves from `open` to `close`, on a port of its own."""

    def __init__(self) -> None:
        self._calls: list[Call] = []
        self.off: frozenset[str] = frozenset()
        """Whose telephone is switched off: what rings there is refused, as a provider would."""
        self._lock = Lock()
        telephones = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1  # an answer leaves in one piece: its body would else wait for the other side

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                status, answer = telephones.ring(self.path.strip("/"), body)
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing: the report tells what came."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, name="telephones", daemon=True)

    def open(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def address_of(self, worker: str) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/{worker}"

    def ring(self, worker: str, body: bytes) -> tuple[int, bytes]:
        """Take what came to a worker's address; what is no CloudEvent of ours is refused in words."""
        if worker in self.off:
            return 503, b'{"accepted": false, "reason": "the telephone is switched off"}'
        try:
            event = json.loads(body)
            is_notice = event["type"] == "anxin.notice.v1" and bool(event["data"]["notice_id"])
        except (ValueError, KeyError, TypeError):
            is_notice = False
        if not is_notice:
            return 400, b'{"accepted": false, "reason": "expected a CloudEvent of type anxin.notice.v1"}'
        with self._lock:
            self._calls.append(Call(worker, event))
        return 200, b'{"accepted": true}'

    def take_new(self) -> list[Call]:
        """What came since the last time, in order."""
        with self._lock:
            calls, self._calls = self._calls, []
        return calls
