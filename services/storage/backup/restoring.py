"""Restoring: the rows of a backup into a database that holds nothing, in one transaction: the schema as the
backup had it, the rows, then the upgrade to this version. Interrupted, it leaves the database as empty as it
was.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Connection, column, inspect, table

from services.storage import migrate
from services.storage.backup.form import BackupFile, BackupUnusable, Progress, bytes_columns, row_of
from services.storage.engines import open_engines

PATIENCE = timedelta(seconds=10)
ROWS_AT_A_TIME = 1000


class NotEmpty(Exception):
    """The database holds tables already; nothing was written."""


def is_empty(url: str) -> bool:
    """Whether a database holds no tables. It makes a SQLite file that is not there yet."""
    engines = open_engines(url, PATIENCE)
    try:
        with engines.reading.connect() as connection:
            return _is_empty(connection)
    finally:
        engines.dispose()


def restore_backup(url: str, backup: BackupFile, progress: Progress = lambda _rows: None) -> None:
    """Fill the empty database at ``url`` with the rows of a backup that was checked before.

    `NotEmpty` if it is not empty, `SchemaIsNewer` if the backup's schema is unknown to this version,
    `BackupUnusable` if a table is not that of its schema, `StoreUnavailable` if the database cannot be
    written. In each case nothing is stored.
    """
    manifest = backup.manifest
    migrate.refuse_newer(manifest.schema_revision)
    with migrate.changing(url) as connection:
        if not _is_empty(connection):
            raise NotEmpty
        migrate.bring(connection, manifest.schema_revision)
        for name in manifest.tables:
            _fill(connection, backup, name, progress)
        migrate.bring(connection, "head")


def _is_empty(connection: Connection) -> bool:
    return set(inspect(connection).get_table_names()) <= {"alembic_version"} and (
        migrate.standing(connection) is None
    )


def _fill(connection: Connection, backup: BackupFile, name: str, progress: Progress) -> None:
    there = inspect(connection)
    written = backup.manifest.tables[name].columns
    columns = {each["name"]: each for each in there.get_columns(name)} if there.has_table(name) else {}
    if set(columns) != set(written):
        raise BackupUnusable(f"the table {name} in it is not that of the schema it names")
    in_order = [columns[each] for each in written]
    of_bytes = bytes_columns(in_order)
    target = table(name, *(column(each["name"], each["type"]) for each in in_order))
    for some in _batches(backup, name, of_bytes):
        connection.execute(target.insert(), [dict(zip(written, row, strict=True)) for row in some])
        progress(len(some))


def _batches(backup: BackupFile, name: str, of_bytes: list[int]) -> Iterator[list[list[Any]]]:
    lines = backup.lines(name)
    while some := list(islice(lines, ROWS_AT_A_TIME)):
        yield [row_of(line, of_bytes) for line in some]
