"""Asks for rows that bear a flag, in the words in which the indexes of such rows are written. SQLAlchemy
would ask SQLite for `flag = 1`, and no index over the rows `WHERE flag` serves that: it reads
the whole table.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, Column, ColumnElement
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class _IsSet(FunctionElement[bool]):
    inherit_cache = True
    name = "is_set"
    type = Boolean()

    def self_group(self, against: Any = None) -> Any:  # noqa: ARG002 - SQLAlchemy's
        return self


def is_set(column: Column[bool]) -> ColumnElement[bool]:
    """The flag is set."""
    return _IsSet(column)


@compiles(_IsSet)
def _bare(element: _IsSet, compiler: SQLCompiler, **how: Any) -> str:
    [column] = element.clauses
    return str(compiler.process(column, **how))
