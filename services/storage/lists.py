"""How a collection answers a part of itself: filters, order and the cursor for the next part. A filter that
the collection does not name is refused, never passed over: a list that is longer than asked for is a wrong
answer.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Column, ColumnElement, Connection, Select, bindparam, select

from services.domain.ports import Filters, Page
from services.storage.prepared import fetch
from services.storage.rows import Shape, Values

N = TypeVar("N")
Filter = Callable[[Any], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Compared:
    """A filter that asks how one column compares with one value."""

    column: Column[Any]
    compare: Callable[[Any, Any], ColumnElement[bool]]

    def __call__(self, value: Any) -> ColumnElement[bool]:
        return self.compare(self.column, value)


def equals(column: Column[Any]) -> Filter:
    return Compared(column, operator.eq)


def span(column: Column[Any]) -> dict[str, Filter]:
    """``since`` (inclusive) and ``until`` (exclusive) of an instant."""
    return {"since": Compared(column, operator.ge), "until": Compared(column, operator.lt)}


class Listing(Generic[N]):
    """The list of one table: which filters it knows, and its order."""

    def __init__(self, shape: Shape[N], order: Column[Any], filters: Mapping[str, Filter]) -> None:
        self._shape = shape
        self._filters = filters
        self._asking = (
            select(*shape.columns, order.label("cursor"))
            .where(order > bindparam("after_number"))
            .order_by(order)
            .limit(bindparam("most"))
        )
        self._prepared: dict[tuple[str, ...], Select[Any]] = {}

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
        others = tuple(where)
        rows: Sequence[Values]
        if others or not self._are_plain(filters):
            others += tuple(self._filters[name](value) for name, value in filters.items())
            rows = connection.execute(
                self._asking.where(*others), {"after_number": after, "most": limit + 1}
            ).all()
        else:
            asked = {**filters, "after_number": after, "most": limit + 1}
            rows = fetch(connection, self._plainly_asking(tuple(filters)), asked)
        here = rows[:limit]
        things = (read or self._shape.things)(here)
        return Page(tuple(things), here[-1][-1] if here and len(rows) > limit else None)

    def _are_plain(self, filters: Filters) -> bool:
        """Whether the words of the question are the same whatever is asked for: a flag, or nothing at all,
        is written into them.
        """
        return all(
            isinstance(self._filters[name], Compared) and value is not None and not isinstance(value, bool)
            for name, value in filters.items()
        )

    def _plainly_asking(self, names: tuple[str, ...]) -> Select[Any]:
        if names not in self._prepared:
            self._prepared[names] = self._asking.where(*(self._filters[n](bindparam(n)) for n in names))
        return self._prepared[names]
