"""Taking a backup: one reading snapshot of the store, a table after the other, straight into the file. It
never holds up a writer (both databases let others write beside a reader), never holds more than some rows in
memory, and nothing bears the file's name before all of it is on the disk.
"""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, column, func, inspect, make_url, select, table

from services.domain.ports import Clock, StoreUnavailable
from services.storage import migrate
from services.storage.backup.form import (
    FORMAT,
    MANIFEST,
    FileEntry,
    Manifest,
    Progress,
    TableEntry,
    bytes_columns,
    line_of,
    member_of_file,
    member_of_table,
)
from services.storage.engines import open_engines

PATIENCE = timedelta(seconds=10)
ROWS_AT_A_TIME = 2000
LEFT_OUT = frozenset({"alembic_version", "sessions"})
"""The revision stands in the manifest. Who was signed in signs in again: a session that was ended after the
backup must not come back to life with it.
"""
COMPRESSION = 3
"""Of zlib. Beyond it a backup of events takes twice the time and becomes a tenth smaller."""

Total = Callable[[int], None]
"""Told once how many rows there are."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a backup is made of, beside the store. ``files`` answers the files of the data folder by name; it
    is asked once, inside the snapshot.
    """

    version: str
    clock: Clock
    files: Callable[[], Mapping[str, bytes]]


def take_backup(
    url: str,
    path: Path,
    wanted: Wanted,
    *,
    total: Total = lambda _rows: None,
    progress: Progress = lambda _rows: None,
) -> Manifest:
    """Write one instant of the store at ``url`` to ``path``, which must not be there yet (FileExistsError).

    `StoreUnavailable` if the store cannot be read, OSError if the file cannot be written; then no file of
    that name is left behind.
    """
    if path.exists():
        raise FileExistsError(path)
    address = make_url(url)
    if address.get_backend_name() == "sqlite" and not Path(address.database or "").is_file():
        raise StoreUnavailable(f"there is no database {address.database}")
    engines = open_engines(url, PATIENCE)
    try:
        with engines.reading.connect() as connection, connection.begin(), _written_whole(path) as archive:
            return _write(connection, archive, wanted, total, progress)
    finally:
        engines.dispose()


def _write(
    connection: Connection, archive: zipfile.ZipFile, wanted: Wanted, total: Total, progress: Progress
) -> Manifest:
    taken_at = wanted.clock.now()
    revision = migrate.standing(connection)  # the snapshot begins here
    if revision is None:
        raise StoreUnavailable("there are no tables of Anxin in the database")
    names = [name for name in sorted(inspect(connection).get_table_names()) if name not in LEFT_OUT]
    total(sum(_count(connection, name) for name in names))
    tables = {name: _write_table(connection, archive, name, progress) for name in names}
    files = {name: _write_file(archive, name, text) for name, text in wanted.files().items()}
    manifest = Manifest(
        format=FORMAT,
        version=wanted.version,
        schema_revision=revision,
        database=connection.dialect.name,
        taken_at=taken_at,
        tables=tables,
        files=files,
    )
    _put(archive, MANIFEST, f"{manifest.model_dump_json(indent=2)}\n".encode())
    return manifest


def _count(connection: Connection, name: str) -> int:
    return int(connection.execute(select(func.count()).select_from(table(name))).scalar_one())


def _write_table(
    connection: Connection, archive: zipfile.ZipFile, name: str, progress: Progress
) -> TableEntry:
    there = inspect(connection)
    columns = there.get_columns(name)
    source: Any = table(name, *(column(each["name"], each["type"]) for each in columns))
    key = there.get_pk_constraint(name)["constrained_columns"]
    asked = select(source).order_by(*(source.c[part] for part in key))
    of_bytes = bytes_columns(columns)
    digest, rows = hashlib.sha256(), 0
    # A backup of some years may well pass 4 GiB, which must be said before the first byte.
    with (
        connection.execution_options(yield_per=ROWS_AT_A_TIME).execute(asked) as found,
        archive.open(member_of_table(name), "w", force_zip64=True) as member,
    ):
        for some in found.partitions():
            lines = b"".join(line_of(row, of_bytes) for row in some)
            digest.update(lines)
            member.write(lines)
            rows += len(some)
            progress(len(some))
    return TableEntry(columns=tuple(each["name"] for each in columns), rows=rows, sha256=digest.hexdigest())


def _write_file(archive: zipfile.ZipFile, name: str, content: bytes) -> FileEntry:
    _put(archive, member_of_file(name), content)
    return FileEntry(size=len(content), sha256=hashlib.sha256(content).hexdigest())


def _put(archive: zipfile.ZipFile, member: str, content: bytes) -> None:
    # By its name: a member that is described by a ZipInfo is not compressed as the archive says.
    with archive.open(member, "w") as opened:
        opened.write(content)


@contextmanager
def _written_whole(path: Path) -> Iterator[zipfile.ZipFile]:
    """An archive beside ``path`` that gets its name when all of it has reached the disk."""
    beside = path.with_name(f".{path.name}.unfinished")
    beside.unlink(missing_ok=True)  # of one that was killed
    try:
        handle = os.open(beside, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
        with os.fdopen(handle, "w+b") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=COMPRESSION) as archive:
                yield archive
            file.flush()
            os.fsync(file.fileno())
        beside.rename(path)
    finally:
        beside.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
