"""A connection on which nobody asks anything: whoever stands before the house closes it first, so that no
answer is sent on one that the house closes in the same moment.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from services.wiring.web import WebServer, bind

CADDYFILE = Path(__file__).parents[3] / "deploy" / "caddy" / "Caddyfile"
PATIENCE = 10


async def what_is_due(_request: Request) -> JSONResponse:
    """In how many seconds each thing falls due that the server's loop waits for."""
    loop = asyncio.get_running_loop()
    waiting = [each for each in vars(loop)["_scheduled"] if not each.cancelled()]
    return JSONResponse([each.when() - loop.time() for each in waiting])


@contextmanager
def served() -> Iterator[int]:
    listener = bind("127.0.0.1", 0)
    server = WebServer(Starlette(routes=[Route("/", what_is_due)]), listener)
    server.start(PATIENCE)
    try:
        yield listener.getsockname()[1]
    finally:
        assert server.stop(PATIENCE)


def kept_by_caddy() -> float:
    found = re.search(r"^\s*keepalive (\d+)s$", CADDYFILE.read_text("utf-8"), re.MULTILINE)
    assert found, CADDYFILE
    return float(found[1])


def test_an_idle_connection_is_kept_open_longer_than_by_whoever_stands_before_the_house() -> None:
    with served() as port, closing(HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as idle:
        idle.request("GET", "/")
        idle.getresponse().read()
        with closing(HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as other:
            other.request("GET", "/")
            due = other.getresponse().read()
    closes_in = max(map(float, re.findall(rb"[\d.]+", due)))
    assert closes_in > kept_by_caddy() + PATIENCE, due
