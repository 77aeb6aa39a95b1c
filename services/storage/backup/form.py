"""The form of a backup: a ZIP with a member of JSON lines for each table, the files beside the store, and a
manifest that says what has to be in it. A file that ends too early has no directory and opens as nothing; a
changed byte is found by the checksums before anything is written.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy import LargeBinary
from sqlalchemy.engine.interfaces import ReflectedColumn

FORMAT = 1
"""Of the file as a whole; the schema of the tables has a number of its own."""
MANIFEST = "manifest.json"
PIECE = 1 << 20
"""Bytes that are read at a time, so that memory does not grow with the file."""

Progress = Callable[[int], None]
"""Told how many rows more are done."""


class BackupUnusable(Exception):
    """A file that is no whole backup, or none that this version can read; the words say why."""


class TableEntry(BaseModel):
    """One table: a row is a JSON array in the order of ``columns``; ``sha256`` is of all its lines."""

    model_config = ConfigDict(frozen=True)

    columns: tuple[str, ...]
    rows: int
    sha256: str


class FileEntry(BaseModel):
    """One file of the data folder; ``size`` in bytes."""

    model_config = ConfigDict(frozen=True)

    size: int
    sha256: str


class Manifest(BaseModel):
    """What a backup has to hold. ``taken_at`` is the instant of the store: everything committed before it is
    in. ``schema_revision`` is that of the tables, ``version`` of the software that wrote it.
    """

    model_config = ConfigDict(frozen=True)

    format: int
    version: str
    schema_revision: str
    database: str
    taken_at: datetime
    tables: dict[str, TableEntry]
    files: dict[str, FileEntry]

    @property
    def rows(self) -> int:
        """Rows of all tables together."""
        return sum(entry.rows for entry in self.tables.values())


def member_of_table(name: str) -> str:
    return f"tables/{name}.jsonl"


def member_of_file(name: str) -> str:
    return f"files/{name}"


# ---------------------------------------------------------------------------- rows as lines

_line = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def bytes_columns(columns: Sequence[ReflectedColumn]) -> list[int]:
    """The positions of the columns that hold bytes, which JSON has no room for."""
    return [place for place, column in enumerate(columns) if isinstance(column["type"], LargeBinary)]


def line_of(row: Sequence[Any], of_bytes: Sequence[int]) -> bytes:
    """One row as a line of JSON; bytes as base64."""
    values = list(row)
    for place in of_bytes:
        if values[place] is not None:
            values[place] = b64encode(values[place]).decode("ascii")
    return _line(values).encode() + b"\n"


def row_of(line: bytes, of_bytes: Sequence[int]) -> list[Any]:
    """The row that `line_of` made a line of."""
    values: list[Any] = json.loads(line)
    for place in of_bytes:
        if values[place] is not None:
            values[place] = b64decode(values[place])
    return values


# ---------------------------------------------------------------------------- reading


class BackupFile:
    """A backup that lies there, open for reading; a context that closes it."""

    def __init__(self, path: Path) -> None:
        self._zip = _opened(path)
        try:
            self.manifest = self._read_manifest()
            self._compare_members()
        except BaseException:
            self._zip.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        self._zip.close()

    def check(self, progress: Progress = lambda _rows: None) -> None:
        """Hold every byte against the manifest; `BackupUnusable` names the first part that differs."""
        for name, table in self.manifest.tables.items():
            digest, rows = hashlib.sha256(), 0
            for piece in self._pieces(member_of_table(name)):
                digest.update(piece)
                found = piece.count(b"\n")
                rows += found
                progress(found)
            if digest.hexdigest() != table.sha256 or rows != table.rows:
                raise BackupUnusable(f"the table {name} in it is not as it was written")
        for name, file in self.manifest.files.items():
            if hashlib.sha256(self.file(name)).hexdigest() != file.sha256:
                raise BackupUnusable(f"{name} in it is not as it was written")

    def lines(self, table: str) -> Iterator[bytes]:
        """The rows of a table, as `line_of` wrote them."""
        with self._zip.open(member_of_table(table)) as member:
            yield from member

    def file(self, name: str) -> bytes:
        """The content of one file of the data folder."""
        return b"".join(self._pieces(member_of_file(name)))

    def _pieces(self, member: str) -> Iterator[bytes]:
        try:
            with self._zip.open(member) as opened:
                while piece := opened.read(PIECE):
                    yield piece
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
            raise BackupUnusable(f"{member} in it cannot be read: {error}") from error

    def _read_manifest(self) -> Manifest:
        try:
            text = self._zip.read(MANIFEST)
            form = json.loads(text).get("format")
        except (KeyError, ValueError, AttributeError, zipfile.BadZipFile, zlib.error) as error:
            raise BackupUnusable(
                "it has no manifest that can be read, so it is no backup of Anxin"
            ) from error
        if form != FORMAT:
            raise BackupUnusable(
                f"it is of format {form!r} and this version reads {FORMAT}: use the version that wrote it"
            )
        try:
            return Manifest.model_validate_json(text)
        except ValidationError as error:
            fault = error.errors()[0]
            raise BackupUnusable(f"its manifest is broken at {'.'.join(map(str, fault['loc']))}") from error

    def _compare_members(self) -> None:
        wanted = {MANIFEST}
        wanted |= {member_of_table(name) for name in self.manifest.tables}
        wanted |= {member_of_file(name) for name in self.manifest.files}
        differing = wanted ^ set(self._zip.namelist())
        if differing:
            raise BackupUnusable(f"it does not hold what its manifest says: {min(differing)}")


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except zipfile.BadZipFile as error:
        raise BackupUnusable("it is no backup of Anxin, or not the whole of one") from error
    except OSError as error:
        raise BackupUnusable(f"it cannot be opened: {error.strerror or error}") from error
