"""The telephones of the soak: webhook servers in a process of their own, one for each role, that now and then
are slow or out of order, and write down every notice that rang. It outlives every house.

    python -m tests.soak.telephones SEED TROUBLE LOG ROLE...
"""

from __future__ import annotations

import json
import sys
import threading
from collections import Counter
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random

from services.domain.instants import format_instant
from services.wiring.clock import SystemClock

OUT_OF_ORDER = 0.04
"""Of the notices that ring for the first time, so many are answered 503 once; they are tried again."""
SLOW = 0.08
SLOWEST = timedelta(seconds=1.5)
DEAF = 0.005
"""So many ring, and nothing is answered in time: the house cannot know that they arrived."""
DEAF_FOR = timedelta(seconds=6)


class Telephones:
    """What all servers share. ``trouble`` scales how often something goes wrong; 0: never."""

    def __init__(self, seed: str, trouble: float, log: Path) -> None:
        self._seed = seed
        self._trouble = trouble
        self._log = log.open("a", encoding="utf-8", buffering=1)
        self._lock = threading.Lock()
        self._times: Counter[str] = Counter()
        self._clock = SystemClock()
        self._never = threading.Event()

    def ring(self, person: str, notice_id: str, alert_id: str) -> int:
        """Answer one notice, as the dice of the seed say; the status."""
        with self._lock:
            self._times[notice_id] += 1
            times = self._times[notice_id]
        status, wait_for = self._fate(notice_id, times)
        self._never.wait(wait_for.total_seconds())
        line = {"notice": notice_id, "alert": alert_id, "person": person, "status": status}
        with self._lock:
            self._log.write(json.dumps({**line, "at": format_instant(self._clock.now())}) + "\n")
        return status

    def _fate(self, notice_id: str, times: int) -> tuple[int, timedelta]:
        if times > 1:
            return 202, timedelta()
        dice = Random(f"{self._seed} {notice_id}")
        number = dice.random()
        for share, fate in (
            (OUT_OF_ORDER, (503, timedelta())),
            (DEAF, (504, DEAF_FOR)),
            (SLOW, (202, SLOWEST * dice.random())),
        ):
            if number < share * self._trouble:
                return fate
            number -= share * self._trouble
        return 202, timedelta()


def serve(telephones: Telephones) -> ThreadingHTTPServer:
    """One server, begun in a thread of its own; the path names the person."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            data = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["data"]
            status = telephones.ring(self.path.strip("/"), data["notice_id"], data["alert_id"])
            try:
                self.send_response(status)
                self.end_headers()
            except OSError:
                self.close_connection = True  # the house that called is gone

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        request_queue_size = 128

        def handle_error(self, request: object, client_address: object) -> None:
            """A house that is killed in the middle of a call is what this is for."""

    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def main(seed: str, trouble: str, log: str, *roles: str) -> None:
    telephones = Telephones(seed, float(trouble), Path(log))
    servers = {role: serve(telephones) for role in roles}
    ports = {role: server.server_port for role, server in servers.items()}
    sys.stdout.write(json.dumps(ports) + "\n")
    sys.stdout.flush()
    sys.stdin.read()  # until whoever started this lets go


if __name__ == "__main__":
    main(*sys.argv[1:])
