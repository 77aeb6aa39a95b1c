"""Prepared statements: what is asked a thousand times a second is put into the database's own words once.

SQLAlchemy's way to a driver costs five times what SQLite takes to answer. Here a statement that never changes
is compiled once a dialect, with the converters of its parameters and columns, and then goes to the driver
directly, inside the transaction that SQLAlchemy began. What a driver's error means is said as everywhere in
this room.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum
from typing import Any

from sqlalchemy import BindParameter, Connection, Dialect
from sqlalchemy.sql import ClauseElement
from sqlalchemy.types import NullType

from services.storage.refusals import refusal

Values = Sequence[Any]
Converter = Callable[[Any], Any]

_prepared: dict[tuple[ClauseElement, str, tuple[str, ...]], _Prepared] = {}


def fetch(
    connection: Connection, statement: ClauseElement, values: Mapping[str, object] | None = None
) -> list[Values]:
    """The rows of a statement, converted; ``values`` are its named parameters."""
    prepared = _of(connection, statement, ())
    return prepared.converted(run(connection, prepared.text, prepared.bound(values or {})))


def fetch_one(
    connection: Connection, statement: ClauseElement, values: Mapping[str, object] | None = None
) -> Values | None:
    """The first row of a statement; None where there is none."""
    return next(iter(fetch(connection, statement, values)), None)


def scalar(
    connection: Connection, statement: ClauseElement, values: Mapping[str, object] | None = None
) -> Any:
    """The first column of the first row; None where there is none."""
    row = fetch_one(connection, statement, values)
    return None if row is None else row[0]


def change(
    connection: Connection,
    statement: ClauseElement,
    values: Mapping[str, object],
    columns: tuple[str, ...] = (),
) -> int:
    """Run a statement that answers no rows; how many it touched. ``columns`` are those that an UPDATE or
    INSERT without values of its own sets.
    """
    prepared = _of(connection, statement, columns)
    touched: int = run(connection, prepared.text, prepared.bound(values)).rowcount
    return touched


def change_each(
    connection: Connection, statement: ClauseElement, values: Sequence[Mapping[str, object]]
) -> None:
    """Run a statement that answers no rows once for each of these, in one go."""
    if values:
        prepared = _of(connection, statement, ())
        run(connection, prepared.text, [prepared.bound(each) for each in values], many=True)


def run(connection: Connection, text: str, bound: Any, *, many: bool = False) -> Any:
    """Run words of the database's own with values that are converted already; the driver's cursor."""
    driver: Any = connection.connection.driver_connection
    cursor = driver.cursor()
    try:
        return (cursor.executemany if many else cursor.execute)(text, bound) or cursor
    except connection.dialect.loaded_dbapi.Error as error:
        if connection.dialect.is_disconnect(error, driver, cursor):
            connection.invalidate(error)
        raise refusal(error) or error from error


class _Prepared:
    """A statement in the words of one database."""

    def __init__(self, statement: ClauseElement, dialect: Dialect, columns: tuple[str, ...]) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=list(columns) or None)
        binds: Mapping[str, BindParameter[Any]] = compiled.binds  # type: ignore[attr-defined]  # SQLCompiler has it
        order: Sequence[str] | None = compiled.positiontup  # type: ignore[attr-defined]  # as above
        self.text = str(compiled)
        self._is_positional = bool(compiled.positional)  # type: ignore[attr-defined]  # as above
        self._parameters = [_parameter(name, binds[name], dialect) for name in (order or binds)]
        self._types = [
            column.type.dialect_impl(dialect) for column in getattr(statement, "exported_columns", ())
        ]
        self._dialect = dialect
        self._converters: list[tuple[int, Converter]] | None = None

    def bound(self, values: Mapping[str, object]) -> Any:
        if self._is_positional:
            return [
                constant if name is None else values[name] if convert is None else convert(values[name])
                for _, name, convert, constant in self._parameters
            ]
        return {
            place: constant if name is None else values[name] if convert is None else convert(values[name])
            for place, name, convert, constant in self._parameters
        }

    def converted(self, cursor: Any) -> list[Values]:
        if self._converters is None:
            self._converters = self._made_for(cursor)
        rows: list[Values] = cursor.fetchall()
        if not rows or not self._converters:
            return rows
        columns: list[Iterable[Any]] = list(zip(*rows, strict=True))
        for place, convert in self._converters:
            columns[place] = map(convert, columns[place])
        return list(zip(*columns, strict=True))

    def _made_for(self, cursor: Any) -> list[tuple[int, Converter]]:
        """The converters of the columns; a driver says what it hands over with its first answer."""
        made = (
            type_.result_processor(self._dialect, told[1])
            for type_, told in zip(self._types, cursor.description, strict=True)
        )
        return [(place, convert) for place, convert in enumerate(made) if convert is not None]


def _of(connection: Connection, statement: ClauseElement, columns: tuple[str, ...]) -> _Prepared:
    at = (statement, connection.dialect.name, columns)
    prepared = _prepared.get(at)
    if prepared is None:
        prepared = _prepared[at] = _Prepared(statement, connection.dialect, columns)
    return prepared


def _parameter(
    place: str, bind: BindParameter[Any], dialect: Dialect
) -> tuple[str, str | None, Converter | None, Any]:
    """Where it stands, the name of the value (None for a constant), its converter, the constant."""
    is_typed = not isinstance(bind.type, NullType)
    convert = bind.type.dialect_impl(dialect).bind_processor(dialect) if is_typed else _as_it_is
    if bind.required:
        return place, bind.key, convert, None
    constant = bind.effective_value
    return place, None, None, constant if convert is None else convert(constant)


def _as_it_is(value: object) -> object:
    """What has no type in its statement, as that of a LIMIT, may be nothing that a type would convert."""
    if not isinstance(value, int | str):
        raise TypeError(f"a parameter without a type takes a whole number or a text, not {value!r}")
    return value.value if isinstance(value, Enum) else value
