"""Looking: the store opened to be read and for nothing else, by whoever must not change it, not even by a
lock, a schema or a file beside the database.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import NullPool

from services.domain.ports import StoreUnavailable
from services.storage import migrate
from services.storage.recent import Recent
from services.storage.refusals import translate
from services.storage.unit_of_work import SqlUnitOfWork

SECONDS = 5
"""How long a server may take to answer."""
FAULTS_SHOWN = 3


class Looking:
    """A store that is only looked at; `close` ends it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @property
    def database(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self._engine.dialect.name

    def revision(self) -> str | None:
        """The revision at which the schema stands; None where there is none. `StoreUnavailable` if it cannot
        be read.
        """
        with self._connected() as connection:
            return migrate.standing(connection)

    @contextmanager
    def reading(self) -> Iterator[SqlUnitOfWork]:
        """A consistent view; whoever writes into it fails."""
        with self._connected() as connection:
            yield SqlUnitOfWork(connection, Recent())

    def broken_pages(self) -> list[str]:
        """What SQLite finds wrong with its file, in its own words; PostgreSQL looks after its own."""
        if self.database != "sqlite":
            return []
        with self._connected() as connection:
            said = connection.execute(text(f"PRAGMA quick_check({FAULTS_SHOWN})")).scalars().all()
        return [] if list(said) == ["ok"] else [str(line) for line in said]

    def why_not_writable(self) -> str | None:
        """Why the server would store nothing now; None if it would. Of a file its rights tell as much."""
        if self.database != "postgresql":
            return None
        with self._connected() as connection:
            if connection.execute(text("SELECT pg_is_in_recovery()")).scalar_one():
                return "the server is a standby and only reads"
            if connection.execute(text("SHOW default_transaction_read_only")).scalar_one() == "on":
                return "the server only reads (default_transaction_read_only)"
            may = text(
                "SELECT bool_and(has_table_privilege(c.oid, right_)) FROM pg_class c, "
                "unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) right_ "
                "WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace"
            )
            if connection.execute(may).scalar_one() is False:
                return "the login of the address may not write to every table"
        return None

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        with self._engine.connect() as connection, connection.begin() as transaction:
            yield connection
            transaction.rollback()


def look_at(url: str) -> Looking:
    """The store at an address; nothing is connected yet. ValueError for an address of no store."""
    try:
        address = make_url(url)
    except ArgumentError as error:
        raise ValueError("no such store; expected sqlite:///… or postgresql+psycopg://…") from error
    if address.get_backend_name() == "sqlite":
        engine = _sqlite(Path(address.database or ""))
        begin = "BEGIN"
    elif address.get_backend_name() == "postgresql":
        engine = _postgresql(address)
        begin = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"
    else:
        raise ValueError(f"no store for {address.get_backend_name()}")
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    event.listen(engine, "handle_error", translate)
    return Looking(engine)


def _sqlite(path: Path) -> Engine:
    def connect() -> sqlite3.Connection:
        if not path.is_file():
            raise StoreUnavailable(f"there is no database {path}")
        # Where nobody has it open there is no log beside it, and reading by the ordinary way would make one.
        quiet = "" if path.with_name(path.name + "-wal").exists() else "&immutable=1"
        address = f"file:{quote(str(path))}?mode=ro{quiet}"
        return sqlite3.connect(
            address, uri=True, isolation_level=None, timeout=SECONDS, check_same_thread=False
        )

    # A connection for each reading: a service that starts meanwhile makes its log, and then that is read too.
    return create_engine("sqlite://", creator=connect, poolclass=NullPool)


def _postgresql(address: URL) -> Engine:
    options = f"-c lock_timeout={SECONDS * 1000} -c statement_timeout={12 * SECONDS * 1000}"
    return create_engine(address, connect_args={"connect_timeout": SECONDS, "options": options})
