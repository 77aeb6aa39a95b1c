"""What the web server says at its end: nothing of open pages whose streams it breaks off, all of a fault."""

from __future__ import annotations

import asyncio
import logging

from services.wiring.web import is_no_cut_stream


def record(message: str, error: BaseException | None = None) -> logging.LogRecord:
    found = (type(error), error, None) if error is not None else None
    return logging.LogRecord("uvicorn.error", logging.ERROR, __file__, 1, message, (), found)


def test_pages_that_are_open_at_the_end_are_no_fault() -> None:
    assert not is_no_cut_stream(record("Exception in ASGI application\n", asyncio.CancelledError()))
    assert not is_no_cut_stream(record("Cancel 2 running task(s), timeout graceful shutdown exceeded"))


def test_a_fault_at_the_end_is_still_said() -> None:
    assert is_no_cut_stream(record("Exception in ASGI application\n", ValueError("no such row")))
    assert is_no_cut_stream(record("Waiting for connections to close."))
