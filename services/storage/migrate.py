"""Brings a database to a revision of the schema: up at every start, down when an administrator asks. Either
all of it happens or nothing; two processes that start at once do it one after the other. A schema that this
version does not know is never touched.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from services.storage.engines import open_engines

PATIENCE = timedelta(seconds=60)
"""How long to wait for another process that is changing the schema."""


class SchemaIsNewer(Exception):
    """A schema that this version does not know: a newer version made it. Nothing was changed."""

    def __init__(self, revision: str) -> None:
        super().__init__(
            f"its tables are of revision {revision} and this version knows them up to {head()}: "
            "a newer version wrote it; use that version, or restore a backup that was made before"
        )
        self.revision = revision


@dataclass(frozen=True, slots=True)
class Upgraded:
    """From which revision to which; ``before`` is None for a database that was empty."""

    before: str | None
    after: str | None

    @property
    def changed(self) -> bool:
        """Whether anything was done."""
        return self.before != self.after


def upgrade(url: str, revision: str = "head") -> Upgraded:
    """Bring the schema up to ``revision``; does nothing where it is that already. `SchemaIsNewer` where it
    stands at a revision that nobody knows here.
    """
    with changing(url) as connection:
        before = standing(connection)
        refuse_newer(before)
        if revision != "head" or before != head():
            bring(connection, revision)
        return Upgraded(before, standing(connection))


def downgrade(url: str, revision: str) -> None:
    """Take the schema back to ``revision``; ``base`` leaves nothing."""
    with changing(url) as connection:
        command.downgrade(_config(connection), revision)


def current(url: str) -> str | None:
    """The revision at which the schema stands; None for an empty database."""
    with changing(url) as connection:
        return standing(connection)


def head() -> str | None:
    """The newest revision that this version of the software knows."""
    return _scripts().get_current_head()


def revisions() -> list[str]:
    """All revisions that this version knows, the oldest first."""
    return [script.revision for script in reversed(list(_scripts().walk_revisions()))]


def refuse_newer(revision: str | None) -> None:
    """`SchemaIsNewer` for a revision that this version does not know; None is an empty database."""
    if revision is not None and revision not in revisions():
        raise SchemaIsNewer(revision)


@contextmanager
def changing(url: str) -> Iterator[Connection]:
    """One transaction that may change the schema; others who want to wait for it."""
    engines = open_engines(url, PATIENCE)
    try:
        with engines.writing.begin() as connection:
            yield connection
    finally:
        engines.dispose()


def bring(connection: Connection, revision: str) -> None:
    """Bring the schema up to ``revision`` within a transaction of the caller's."""
    command.upgrade(_config(connection), revision)


def standing(connection: Connection) -> str | None:
    """The revision at which the schema stands, as one transaction sees it."""
    return MigrationContext.configure(connection).get_current_revision()


@cache
def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config(None))


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
