"""Readers: connections that read, kept at hand from one reading to the next. To be lent one by SQLAlchemy's
pool and to give it back costs more than most of what is asked in between.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from services.domain.ports import StoreUnavailable

MOST_KEPT = 4
"""As many threads as read all day long; whoever comes beside them asks the pool."""


@contextmanager
def connected(engine: Engine) -> Iterator[Connection]:
    """A connection out of the pool; `StoreUnavailable` if none is free in time."""
    with lent(engine) as connection:
        yield connection


def lent(engine: Engine) -> Connection:
    """The same, for whoever closes it."""
    try:
        return engine.connect()
    except NoConnectionFree as error:
        raise StoreUnavailable("no connection to the database was free in time") from error


class Readers:
    """The connections of one engine; a connection is one thread's at a time."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._kept: deque[Connection] = deque()
        self._is_closed = False

    @contextmanager
    def connected(self) -> Iterator[Connection]:
        """A connection without a transaction, to be left without one."""
        try:
            connection = self._kept.pop()
        except IndexError:
            connection = lent(self._engine)
        try:
            yield connection
        finally:
            self._take_back(connection)

    def close(self) -> None:
        """Keep none from now on."""
        self._is_closed = True
        self._forget()

    def _take_back(self, connection: Connection) -> None:
        if connection.invalidated:
            self._forget()  # one that is lost is seldom lost alone
        elif len(self._kept) < MOST_KEPT and not connection.in_transaction() and not self._is_closed:
            self._kept.append(connection)
            return
        connection.close()

    def _forget(self) -> None:
        while self._kept:
            self._kept.pop().close()
