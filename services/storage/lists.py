"""How a collection answers a part of itself: filters, order and the cursor for the next part. A filter that
the collection does not name is refused, never passed over: a list that is longer than asked for is a wrong
answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from sqlalchemy import Column, ColumnElement, Connection, select

from services.domain.ports import Filters, Page
from services.storage.rows import Shape, Values

N = TypeVar("N")
Filter = Callable[[Any], ColumnElement[bool]]


def equals(column: Column[Any]) -> Filter:
    return lambda value: column == value


def span(column: Column[Any]) -> dict[str, Filter]:
    """``since`` (inclusive) and ``until`` (exclusive) of an instant."""
    return {"since": lambda value: column >= value, "until": lambda value: column < value}


class Listing(Generic[N]):
    """The list of one table: which filters it knows, and its order."""

    def __init__(self, shape: Shape[N], order: Column[Any], filters: Mapping[str, Filter]) -> None:
        self._shape = shape
        self._order = order
        self._filters = filters

    def page(
        self,
        connection: Connection,
        filters: Filters,
        after: int,
        limit: int,
        *,
        where: Iterable[ColumnElement[bool]] = (),
        read: Callable[[Sequence[Values]], list[N]] | None = None,
    ) -> Page[N]:
        """Up to ``limit`` things whose number is greater than ``after``."""
        unknown = sorted(set(filters) - set(self._filters))
        if unknown:
            raise ValueError(f"no filter {', '.join(unknown)}; there are {', '.join(sorted(self._filters))}")
        asked = [self._filters[name](value) for name, value in filters.items()]
        rows = connection.execute(
            select(*self._shape.columns, self._order.label("cursor"))
            .where(self._order > after, *asked, *where)
            .order_by(self._order)
            .limit(limit + 1)
        ).all()
        here: Sequence[Values] = rows[:limit]
        things = (read or self._shape.things)(here)
        return Page(tuple(things), here[-1][-1] if here and len(rows) > limit else None)
