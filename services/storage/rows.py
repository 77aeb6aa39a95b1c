"""How a noun becomes a row and a row the noun again, and how many rows are stored at once. Columns bear the
names of the noun's fields, so there is nothing to map by hand and nothing to forget.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any, Generic, TypeVar

import psycopg
from sqlalchemy import Column, ColumnElement, Connection, Table

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
        self._binders: dict[str, tuple[Callable[[Any], Any] | None, ...]] = {}

    def insert(self, connection: Connection, rows: Sequence[Values]) -> None:
        """Store new rows, whose values stand in the order of the columns."""
        if len(rows) >= COPY_FROM and connection.dialect.name == "postgresql":
            _copy(connection, f"COPY {self._into(connection)} FROM STDIN", self._bound(connection, rows))
        else:
            self._run(connection, rows, "")

    def replace(self, connection: Connection, rows: Sequence[Values]) -> None:
        """Store rows in the place of those with the same primary key."""
        quote = connection.dialect.identifier_preparer.quote
        key = ", ".join(quote(column.name) for column in self._columns if column.primary_key)
        names = [quote(column.name) for column in self._columns if not column.primary_key]
        new = ", ".join(f"{name} = excluded.{name}" for name in names)
        self._run(connection, rows, f" ON CONFLICT ({key}) DO UPDATE SET {new}")

    def _run(self, connection: Connection, rows: Sequence[Values], conflict: str) -> None:
        if not rows:
            return
        mark = "?" if connection.dialect.name == "sqlite" else "%s"
        marks = ", ".join([mark] * len(self._columns))
        connection.exec_driver_sql(
            f"INSERT INTO {self._into(connection)} VALUES ({marks}){conflict}",  # noqa: S608 - names of tables
            self._bound(connection, rows),
        )

    def _into(self, connection: Connection) -> str:
        quote = connection.dialect.identifier_preparer.quote
        names = ", ".join(quote(column.name) for column in self._columns)
        return f"{quote(self._columns[0].table.name)} ({names})"

    def _bound(self, connection: Connection, rows: Sequence[Values]) -> list[Values]:
        dialect = connection.dialect
        if dialect.name not in self._binders:
            self._binders[dialect.name] = tuple(
                column.type.dialect_impl(dialect).bind_processor(dialect) for column in self._columns
            )
        binders = self._binders[dialect.name]
        return [
            tuple([value if bind is None else bind(value) for bind, value in zip(binders, row, strict=True)])
            for row in rows
        ]


def _copy(connection: Connection, statement: str, rows: Iterable[Values]) -> None:
    driver: Any = connection.connection.driver_connection
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except psycopg.Error as error:
        raise refusal(error) or error from error
