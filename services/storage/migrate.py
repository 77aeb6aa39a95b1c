"""Brings a database to a revision of the schema: up at every start, down when an administrator asks. Either
all of it happens or nothing; two processes that start at once do it one after the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from services.storage.engines import open_engines

PATIENCE = timedelta(seconds=60)
"""How long to wait for another process that is changing the schema."""


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the schema up to ``revision``; does nothing where it is that already."""
    with _connected(url) as connection:
        if revision != "head" or _standing(connection) != head():
            command.upgrade(_config(connection), revision)


def downgrade(url: str, revision: str) -> None:
    """Take the schema back to ``revision``; ``base`` leaves nothing."""
    with _connected(url) as connection:
        command.downgrade(_config(connection), revision)


def current(url: str) -> str | None:
    """The revision at which the schema stands; None for an empty database."""
    with _connected(url) as connection:
        return _standing(connection)


def head() -> str | None:
    """The newest revision that this version of the software knows."""
    return ScriptDirectory.from_config(_config(None)).get_current_head()


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    engines = open_engines(url, PATIENCE)
    try:
        with engines.writing.begin() as connection:
            yield connection
    finally:
        engines.dispose()


def _standing(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
