"""The words in which tables are written. No table refers to another by a foreign key: the log takes what
came in, whatever has become of the home, and an alarm is never refused because a register has a hole.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Boolean, Column, ColumnElement, Index, MetaData

from services.storage.codec import Instant, Json, Member, Words, whole_number

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def number(name: str = "number") -> Column[int]:
    """The order of storing, handed out by `services.storage.numbers`; the cursor of lists."""
    return Column(name, whole_number(), primary_key=True, autoincrement=False)


def whole(name: str) -> Column[int]:
    return Column(name, whole_number(), nullable=False)


def whole_or_none(name: str) -> Column[int]:
    return Column(name, whole_number(), nullable=True)


def flag(name: str) -> Column[bool]:
    return Column(name, Boolean, nullable=False)


def words(name: str, *, unique: bool = False, key: bool = False) -> Column[str]:
    return Column(name, Words, nullable=False, unique=unique, primary_key=key)


def words_or_none(name: str) -> Column[str]:
    return Column(name, Words, nullable=True)


def member(name: str, noun: type[StrEnum]) -> Column[str]:
    return Column(name, Member(noun), nullable=False)


def member_or_none(name: str, noun: type[StrEnum]) -> Column[str]:
    return Column(name, Member(noun), nullable=True)


def instant(name: str) -> Column[datetime]:
    return Column(name, Instant, nullable=False)


def instant_or_none(name: str) -> Column[datetime]:
    return Column(name, Instant, nullable=True)


def json(name: str, shape: Any) -> Column[Any]:
    return Column(name, Json(shape), nullable=False)


def json_or_none(name: str, shape: Any) -> Column[Any]:
    return Column(name, Json(shape), nullable=True)


def index_where(
    condition: ColumnElement[bool], *columns: Column[Any], name: str | None = None, unique: bool = False
) -> Index:
    """An index of those rows alone that meet a condition."""
    return Index(name, *columns, unique=unique, sqlite_where=condition, postgresql_where=condition)
