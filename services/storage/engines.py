"""How the two databases are opened: which promises of theirs the house relies on, and how its transactions
begin. Everything else of the room is the same for both. What a statement was asked with stands in no error:
errors go to the log, and names do not belong there.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from services.storage.compiled import COMPILED
from services.storage.prepared import run
from services.storage.refusals import translate

MOST_READERS = 60
"""Connections that may read at once; more than threads serve requests, so that nobody queues for one."""
SHARED = {"compiled_cache": COMPILED}
WRITERS_TURN = 0x616E78696E
"""The advisory lock that one writing transaction holds on PostgreSQL ('anxin' as a number)."""


class Synchronous(StrEnum):
    """How much SQLite waits for the disk at a commit. Less than FULL loses acknowledged events with the
    power.
    """

    FULL = "FULL"
    OFF = "OFF"


@dataclass(frozen=True)
class Engines:
    """One for whoever writes, one for whoever reads."""

    writing: Engine
    reading: Engine

    def dispose(self) -> None:
        self.writing.dispose()
        self.reading.dispose()


def open_engines(
    url: str,
    patience: timedelta,
    synchronous: Synchronous = Synchronous.FULL,
    most_bytes: int | None = None,
) -> Engines:
    """Engines for ``sqlite:///path`` or ``postgresql+psycopg://…``; nothing is connected yet."""
    try:
        address = make_url(url)
        if address.get_backend_name() == "sqlite":
            return _sqlite(address, patience, synchronous, most_bytes)
        if address.get_backend_name() == "postgresql":
            return _postgresql(address, patience)
    except ArgumentError as error:
        raise ValueError("no such store; expected sqlite:///… or postgresql+psycopg://…") from error
    raise ValueError(
        f"no store for {address.get_backend_name()}; expected sqlite:///… or postgresql+psycopg://…"
    )


def _sqlite(address: URL, patience: timedelta, synchronous: Synchronous, most_bytes: int | None) -> Engines:
    # The driver must begin nothing by itself: it would begin late, and as a reader that later wants to write.
    how = {"isolation_level": None, "timeout": patience.total_seconds(), "check_same_thread": False}

    def prepare(connection: sqlite3.Connection, _: Any) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(f"PRAGMA synchronous={synchronous}")
        connection.execute("PRAGMA cache_size=-16000")
        if most_bytes is not None:
            [page_size] = connection.execute("PRAGMA page_size").fetchone()
            connection.execute(f"PRAGMA max_page_count={max(1, most_bytes // page_size)}")
        # Moving pages from the log into the database costs more than the commits themselves; a page that
        # changes with each batch is moved once for all of them. 8000 pages are 32 MB.
        connection.execute("PRAGMA wal_autocheckpoint=8000")

    # One connection writes and keeps its cache: what another one wrote would empty it.
    writing = create_engine(
        address,
        connect_args=how,
        pool_size=1,
        max_overflow=0,
        pool_timeout=patience.total_seconds(),
        hide_parameters=True,
        execution_options=SHARED,
    )
    reading = create_engine(
        address,
        connect_args=how,
        pool_size=8,
        max_overflow=MOST_READERS - 8,
        pool_timeout=patience.total_seconds(),
        pool_use_lifo=True,
        hide_parameters=True,
        execution_options=SHARED,
    )
    for engine, begin in ((writing, "BEGIN IMMEDIATE"), (reading, "BEGIN")):
        event.listen(engine, "connect", prepare)
        event.listen(engine, "begin", _saying(begin))
        event.listen(engine, "handle_error", translate)
    return Engines(writing, reading)


def _postgresql(address: URL, patience: timedelta) -> Engines:
    milliseconds = int(patience.total_seconds() * 1000)
    limits = {"lock_timeout": milliseconds, "idle_in_transaction_session_timeout": 12 * milliseconds}
    how = {
        "connect_timeout": max(2, int(patience.total_seconds())),
        "tcp_user_timeout": milliseconds,
        # A machine that is gone says nothing: without these a question that it took waits for two hours.
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 3,
        "options": " ".join(f"-c {name}={value}" for name, value in limits.items()),
    }
    writing = create_engine(
        address,
        connect_args=how,
        isolation_level="READ COMMITTED",
        pool_size=1,
        max_overflow=0,
        pool_timeout=patience.total_seconds(),
        pool_use_lifo=True,
        hide_parameters=True,
        execution_options=SHARED,
    )
    reading = create_engine(
        address,
        connect_args=how,
        isolation_level="REPEATABLE READ",
        pool_size=8,
        max_overflow=MOST_READERS - 8,
        pool_timeout=patience.total_seconds(),
        pool_use_lifo=True,
        hide_parameters=True,
        execution_options=SHARED,
    )
    # Read committed matters: a snapshot taken before the lock was had would not see what its last holder
    # wrote.
    event.listen(writing, "begin", _saying(f"SELECT pg_advisory_xact_lock({WRITERS_TURN})"))
    for engine in (writing, reading):
        event.listen(engine, "handle_error", translate)
    return Engines(writing, reading)


def _saying(statement: str) -> Any:
    def begin(connection: Connection) -> None:
        run(connection, statement, ())

    return begin
