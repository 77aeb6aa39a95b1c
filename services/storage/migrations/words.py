"""The words in which revisions are written. They stay as they are, whatever becomes of the tables and of
codec.py: a revision makes today what it made when it was written.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def text(name: str) -> sa.Column[str]:
    return sa.Column(name, _TEXT, nullable=False)


def text_or_none(name: str) -> sa.Column[str]:
    return sa.Column(name, _TEXT, nullable=True)


def whole(name: str) -> sa.Column[int]:
    return sa.Column(name, _WHOLE, nullable=False, autoincrement=False)


def flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def instant(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def instant_or_none(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=True)


def json(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def json_or_none(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=True)


def partial_index(name: str, table: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    """An index over the few rows that somebody asks for again and again."""
    condition = sa.text(where)
    op.create_index(name, table, columns, unique=unique, sqlite_where=condition, postgresql_where=condition)
