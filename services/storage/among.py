"""Asks for many keys with one parameter: the statement stays the same whatever their number, so it is
compiled and planned once, and no limit on parameters is ever met. Keys travel as one JSON text and are
compared byte by byte.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import JSON, Boolean, Column, ColumnElement, FromClause, Text, bindparam, cast, func
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class _Condition(FunctionElement[bool]):
    """A condition of our own wording."""

    inherit_cache = True
    type = Boolean()

    def self_group(self, against: Any = None) -> Any:  # noqa: ARG002 - SQLAlchemy's
        # Otherwise SQLite is asked for `… = 1`, and no index serves that.
        return self


class _AmongOne(_Condition):
    inherit_cache = True
    name = "among_one"


class _AmongPairs(_Condition):
    inherit_cache = True
    name = "among_pairs"


def among(column: Column[Any], parameter: str) -> ColumnElement[bool]:
    """``column`` is one of the keys that are bound to ``parameter`` by `keys`."""
    return _AmongOne(column, bindparam(parameter, type_=Text))


def pair_among(first: Column[Any], second: Column[Any], parameter: str) -> ColumnElement[bool]:
    """The two columns are one of the pairs that are bound to ``parameter`` by `keys`."""
    return _AmongPairs(first, second, bindparam(parameter, type_=Text))


def asked_pairs(parameter: str, dialect: str) -> tuple[ColumnElement[str], ColumnElement[str], FromClause]:
    """What is bound to ``parameter`` by `keys`, as two columns and the rows to join with."""
    wanted = bindparam(parameter, type_=Text)
    if dialect == "postgresql":
        rows = func.json_array_elements(cast(wanted, JSON)).table_valued("value", name="asked")
        return rows.c.value.op("->>")(0), rows.c.value.op("->>")(1), rows
    rows = func.json_each(wanted).table_valued("value", name="asked")
    return func.json_extract(rows.c.value, "$[0]"), func.json_extract(rows.c.value, "$[1]"), rows


def keys(wanted: Iterable[str | tuple[str, str]]) -> str:
    """The value of the parameter."""
    # PostgreSQL's JSON has no room for NUL; neither has a stored key (see codec.Words).
    return json.dumps(list(wanted), ensure_ascii=False).replace("\\u0000", "\ufffd")


@compiles(_AmongOne, "sqlite")
def _one_on_sqlite(element: _AmongOne, compiler: SQLCompiler, **how: Any) -> str:
    column, wanted = (compiler.process(clause, **how) for clause in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({wanted}))"  # noqa: S608 - compiled clauses


@compiles(_AmongOne, "postgresql")
def _one_on_postgresql(element: _AmongOne, compiler: SQLCompiler, **how: Any) -> str:
    column, wanted = (compiler.process(clause, **how) for clause in element.clauses)
    return f"{column} = ANY (ARRAY(SELECT json_array_elements_text(CAST({wanted} AS json))))"


@compiles(_AmongPairs, "sqlite")
def _pairs_on_sqlite(element: _AmongPairs, compiler: SQLCompiler, **how: Any) -> str:
    first, second, wanted = (compiler.process(clause, **how) for clause in element.clauses)
    pairs = "SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each"
    return f"({first}, {second}) IN ({pairs}({wanted}))"


@compiles(_AmongPairs, "postgresql")
def _pairs_on_postgresql(element: _AmongPairs, compiler: SQLCompiler, **how: Any) -> str:
    first, second, wanted = (compiler.process(clause, **how) for clause in element.clauses)
    pairs = f"json_array_elements(CAST({wanted} AS json)) AS pair"
    return f"({first}, {second}) IN (SELECT pair ->> 0, pair ->> 1 FROM {pairs})"  # noqa: S608 - compiled clauses
