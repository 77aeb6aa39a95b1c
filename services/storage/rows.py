"""How a noun becomes a row and a row the noun again, and how many rows are stored at once. Columns bear the
names of the noun's fields, so there is nothing to map by hand and nothing to forget.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any, Generic, TypeVar

import psycopg
from sqlalchemy import Column, ColumnElement, Connection, Dialect, Table

from services.storage.prepared import run
from services.storage.refusals import refusal

N = TypeVar("N")
Values = Sequence[Any]

COPY_FROM = 20
"""Rows from which PostgreSQL's COPY is the faster way; below it its extra round trips cost more."""


class Shape(Generic[N]):
    """One noun (a dataclass) and the table in which it lies. Fields named in ``apart`` lie somewhere else;
    those in ``read_as`` are read by an expression of their own.
    """

    def __init__(
        self,
        noun: type[N],
        table: Table,
        *,
        apart: Collection[str] = (),
        read_as: Mapping[str, ColumnElement[Any]] | None = None,
    ) -> None:
        self._noun = noun
        self._apart = bool(apart)
        self.table = table
        self.names = tuple(
            field.name
            for field in fields(noun)  # type: ignore[arg-type]  # no bound of a type variable says 'a dataclass'
            if field.name not in apart
        )
        self.stored: tuple[Column[Any], ...] = tuple(table.c[name] for name in self.names)
        self.columns: tuple[ColumnElement[Any], ...] = tuple(
            (read_as or {}).get(name, table.c[name]) for name in self.names
        )
        self._values = attrgetter(*self.names)

    def thing(self, row: Values, **apart: Any) -> N:
        """The noun of a row that begins with this shape's columns."""
        values = row[: len(self.names)]
        if self._apart:
            return self._noun(**dict(zip(self.names, values, strict=True)), **apart)
        return self._noun(*values)

    def things(self, rows: Iterable[Values]) -> list[N]:
        return [self.thing(row) for row in rows]

    def values(self, thing: N) -> Values:
        """The values of this shape's columns, in their order."""
        values: Values = self._values(thing)
        return values

    def named(self, thing: N, **beside: Any) -> dict[str, Any]:
        """The values by column, and what stands beside the noun."""
        return dict(zip(self.names, self._values(thing), strict=True)) | beside


class Batch:
    """Stores rows of certain columns, many at a time, without asking SQLAlchemy about each of them."""

    def __init__(self, columns: Sequence[Column[Any]]) -> None:
        self._columns = tuple(columns)
        self._spoken: dict[str, _Spoken] = {}

    def insert(self, connection: Connection, rows: Sequence[Values]) -> None:
        """Store new rows, whose values stand in the order of the columns."""
        spoken = self._in_dialect_of(connection)
        if len(rows) >= COPY_FROM and spoken.copy is not None:
            _copy(connection, spoken.copy, spoken.bound(rows))
        elif rows:
            spoken.run(connection, spoken.insert, rows)

    def replace(self, connection: Connection, rows: Sequence[Values]) -> None:
        """Store rows in the place of those with the same primary key."""
        spoken = self._in_dialect_of(connection)
        if rows:
            spoken.run(connection, spoken.replace, rows)

    def _in_dialect_of(self, connection: Connection) -> _Spoken:
        name = connection.dialect.name
        if name not in self._spoken:
            self._spoken[name] = _Spoken(self._columns, connection.dialect)
        return self._spoken[name]


class _Spoken:
    """The statements of a batch in the words of one database, and how its values are written there."""

    def __init__(self, columns: Sequence[Column[Any]], dialect: Dialect) -> None:
        quote = dialect.identifier_preparer.quote
        into = f"{quote(columns[0].table.name)} ({', '.join(quote(column.name) for column in columns)})"
        marks = ", ".join(["?" if dialect.name == "sqlite" else "%s"] * len(columns))
        key = ", ".join(quote(column.name) for column in columns if column.primary_key)
        names = [quote(column.name) for column in columns if not column.primary_key]
        new = ", ".join(f"{name} = excluded.{name}" for name in names)
        self.insert = f"INSERT INTO {into} VALUES ({marks})"  # noqa: S608 - names of tables
        self.replace = f"{self.insert} ON CONFLICT ({key}) DO UPDATE SET {new}"
        self.copy = f"COPY {into} FROM STDIN" if dialect.name == "postgresql" else None
        self._binders = tuple(column.type.dialect_impl(dialect).bind_processor(dialect) for column in columns)

    def run(self, connection: Connection, text: str, rows: Sequence[Values]) -> None:
        bound = self.bound(rows)
        if len(bound) == 1:
            run(connection, text, bound[0])
        else:
            run(connection, text, bound, many=True)

    def bound(self, rows: Sequence[Values]) -> list[Values]:
        """The rows as the driver takes them, converted a column at a time: nothing is asked about each value
        that the column knows.
        """
        columns = zip(*rows, strict=True)
        return list(
            zip(
                *[
                    column if bind is None else map(bind, column)
                    for bind, column in zip(self._binders, columns, strict=True)
                ],
                strict=True,
            )
        )


def _copy(connection: Connection, statement: str, rows: Iterable[Values]) -> None:
    driver: Any = connection.connection.driver_connection
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except psycopg.Error as error:
        raise refusal(error) or error from error
