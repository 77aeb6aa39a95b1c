"""The store: opens transactions, ends them, and wakes whoever waits, after the commit only. One transaction
writes at a time, on both databases: that makes numbers grow in the order of commit, and no two writers ever
wait for each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from services.domain.ports import Signals, StoreUnavailable
from services.storage.engines import Synchronous, open_engines
from services.storage.readers import Readers, connected
from services.storage.recent import Recent
from services.storage.refusals import make_sure_it_stands
from services.storage.turns import TurnNeverCame, Turns
from services.storage.unit_of_work import SqlUnitOfWork
from services.storage.wakes import Listener, Teller

PATIENCE = timedelta(seconds=5)
"""How long a writer waits for its turn before it says that the store cannot be written."""


class SqlStore:
    """The store on ``sqlite:///path`` or ``postgresql+psycopg://…``; its schema is there already (see
    `migrate`).
    """

    def __init__(
        self,
        url: str,
        signals: Signals,
        *,
        patience: timedelta = PATIENCE,
        synchronous: Synchronous = Synchronous.FULL,
        most_bytes: int | None = None,
    ) -> None:
        """``most_bytes`` is how large the file of SQLite may grow; without it as large as the disk."""
        self._signals = signals
        self._patience = patience
        self._engines = open_engines(url, patience, synchronous, most_bytes)
        self._readers = Readers(self._engines.reading)
        self._turns = Turns()
        self._recent = Recent()
        self._url = url
        self._teller = Teller()

    @contextmanager
    def writing(self) -> Iterator[SqlUnitOfWork]:
        try:
            with (
                self._turns.turn(self._patience),
                connected(self._engines.writing) as connection,
            ):
                with connection.begin():
                    unit = SqlUnitOfWork(connection, self._recent)
                    yield unit
                    make_sure_it_stands(connection)
                    self._teller.tell(connection, unit.woken)
                self._recent.committed(unit.appended)
        except TurnNeverCame:
            raise StoreUnavailable(f"somebody else has been writing for {self._patience}") from None
        for line in unit.said:
            line.write()
        for topic in unit.woken:
            self._signals.wake(topic)

    @contextmanager
    def reading(self) -> Iterator[SqlUnitOfWork]:
        with self._readers.connected() as connection, connection.begin() as transaction:
            yield SqlUnitOfWork(connection, self._recent)
            transaction.rollback()

    def listener(self) -> Listener | None:
        """Hears the commits of other processes; None where no other process shares the store (SQLite)."""
        if self._engines.writing.dialect.name != "postgresql":
            return None
        return Listener(self._url, self._signals, self._teller.name)

    def close(self) -> None:
        """Close all connections; units of work that still run keep theirs."""
        self._readers.close()
        self._engines.dispose()
