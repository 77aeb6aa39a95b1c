"""The web server of the house: uvicorn in a thread of its own, on a socket that was bound before anything
was said.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import threading

import uvicorn
from starlette.types import ASGIApp

STOP_SECONDS = 2
"""How long an open live stream may hold up the end of the server."""
KEPT_OPEN_SECONDS = 180
"""How long a connection on which nobody asks anything stays open: longer than whoever stands before the house
keeps one (by default nginx 60 s, Caddy 120 s, httpx 5 s). Else the house may close it in the moment in which
somebody asks, and whoever sent "I have it" reads that something went wrong.
"""


class AddressInUse(Exception):
    """Somebody else listens on the address."""


def bind(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 picks a free one. `AddressInUse` names the address."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sends without delay only on a socket that says it is TCP; else a body after its headers waits
    # 40 ms for the acknowledgement of the other side.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise AddressInUse(
            f"{host}:{port} cannot be used: {error.strerror}; choose another --http-port"
        ) from error
    return listener


def http_address(host: str, port: int) -> str:
    """How a host and a port are written for whoever asks there."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class WebServer:
    """Serves one application on one socket."""

    def __init__(self, app: ASGIApp, listener: socket.socket, trusted_proxies: str = "") -> None:
        """``trusted_proxies``: whose word is taken for where a request comes from, as addresses and networks
        with commas between them; none: nobody's.
        """
        self._listener = listener
        self._server = _Server(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=bool(trusted_proxies),
                forwarded_allow_ips=trusted_proxies,
                timeout_graceful_shutdown=STOP_SECONDS,
                timeout_keep_alive=KEPT_OPEN_SECONDS,
            )
        )
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [listener]}, name="anxin-web", daemon=True
        )

    def start(self, seconds: float) -> None:
        """Serve; back when the first request would be answered, RuntimeError if that takes too long."""
        self._thread.start()
        if not self._server.up.wait(seconds):
            raise RuntimeError(f"the web server was not ready within {seconds:g} s")

    def stop(self, seconds: float) -> bool:
        """End; True if it did within ``seconds``."""
        server_log = logging.getLogger("uvicorn.error")
        server_log.addFilter(is_no_cut_stream)
        self._server.should_exit = True
        if self._thread.is_alive():
            self._thread.join(timeout=seconds)
        server_log.removeFilter(is_no_cut_stream)
        self._listener.close()
        return not self._thread.is_alive()


def is_no_cut_stream(record: logging.LogRecord) -> bool:
    """False for what the server says of a request that its own end broke off: open pages hold a stream, and
    to end with some open is no fault.
    """
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, asyncio.CancelledError) and not record.getMessage().startswith("Cancel ")


class _Server(uvicorn.Server):
    """Says when it is up, and leaves signals to the process."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()
