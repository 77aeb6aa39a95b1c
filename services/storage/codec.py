"""How the house's values lie in columns: instants as microseconds, words as text, the rest as JSON. The
same on every store, so that a comparison in SQL means what it means in Python. It must never change what a
value says: what cannot be kept is refused, except for NUL in a text, which PostgreSQL has no room for and
which becomes U+FFFD.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from enum import Enum, StrEnum
from functools import cache
from typing import Any, Generic, TypeVar, get_origin

from pydantic import TypeAdapter
from sqlalchemy import BigInteger, Dialect, Integer, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

from services.domain.instants import from_microseconds, microseconds

E = TypeVar("E", bound=StrEnum)


def whole_number() -> TypeEngine[int]:
    """64 bits on every store; SQLite keeps rows by their INTEGER key and by no other."""
    return BigInteger().with_variant(Integer(), "sqlite")


def storable(text: str) -> str:
    """The text as it is kept."""
    return text.replace("\0", "\ufffd") if "\0" in text else text


class Words(TypeDecorator[str]):
    """Text, compared byte by byte on every store: an order that no locale of a server can change."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return Text(collation="C" if dialect.name == "postgresql" else None)

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], str | None]:  # noqa: ARG002 - SQLAlchemy's
        return _written


class Member(Words, Generic[E]):
    """A member of an enum, by its value."""

    cache_ok = True

    def __init__(self, noun: type[E]) -> None:
        super().__init__()
        self.noun = noun

    def result_processor(self, dialect: Dialect, coltype: Any) -> Callable[[Any], E | None]:  # noqa: ARG002
        noun = {member.value: member for member in self.noun}
        return lambda value: None if value is None else noun[value]


class Instant(TypeDecorator[datetime]):
    """An instant as microseconds since 1970, exact."""

    impl = BigInteger
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], int | None]:  # noqa: ARG002
        return lambda value: None if value is None else microseconds(value)

    def result_processor(self, dialect: Dialect, coltype: Any) -> Callable[[Any], datetime | None]:  # noqa: ARG002
        return lambda value: None if value is None else from_microseconds(value)


class Day(TypeDecorator[date]):
    """A calendar day as ISO 8601."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else value.isoformat()

    def process_result_value(self, value: str | None, dialect: Dialect) -> date | None:  # noqa: ARG002
        return None if value is None else date.fromisoformat(value)


class Json(TypeDecorator[Any]):
    """Anything with a shape that pydantic knows, as compact JSON; read back to that very shape."""

    impl = Text
    cache_ok = True

    def __init__(self, shape: Any) -> None:
        super().__init__()
        self.shape = shape

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], str | None]:  # noqa: ARG002
        dump = _adapter(self.shape).serializer.to_json  # past the wrapper, which costs as much again
        if get_origin(self.shape) is tuple:  # of nothing it is always the same, and most events have no marks
            return lambda value: None if value is None else dump(value).decode() if value else "[]"
        return lambda value: None if value is None else dump(value).decode()

    def result_processor(self, dialect: Dialect, coltype: Any) -> Callable[[Any], Any]:  # noqa: ARG002
        read = _adapter(self.shape).validate_json
        if get_origin(self.shape) is tuple:
            return lambda value: None if value is None else () if value == "[]" else read(value)
        return lambda value: None if value is None else read(value)


def _written(value: Any) -> str | None:
    if value is None:
        return None
    if type(value) is not str:
        value = str(value.value if isinstance(value, Enum) else value)
    return storable(value) if "\0" in value else value


@cache
def _adapter(shape: Any) -> TypeAdapter[Any]:
    return TypeAdapter(shape)
