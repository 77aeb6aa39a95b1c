"""The order of storing: hands out the numbers of rows. Only one transaction writes at a time (see `store`),
so numbers grow in the order of commit, without gaps, and a number is never given twice, even when the
newest rows are deleted.
"""

from __future__ import annotations

from functools import cache

from sqlalchemy import Connection, Insert, Table, bindparam, select

from services.storage.prepared import scalar
from services.storage.tables import numbers
from services.storage.upsert import insert_into

_LAST = select(numbers.c.last).where(numbers.c.collection == bindparam("collection"))


class Numbers:
    """The numbers of every collection, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def take(self, table: Table, how_many: int = 1) -> int:
        """The first of ``how_many`` new numbers in a row."""
        values = {"collection": table.name, "last": how_many}
        last: int = scalar(self._connection, _take(self._connection.dialect.name), values)
        return last - how_many + 1

    def last(self, table: Table) -> int:
        """The newest number of a collection; 0 for none."""
        last: int | None = scalar(self._connection, _LAST, {"collection": table.name})
        return last or 0


@cache
def _take(dialect: str) -> Insert:
    asked = insert_into(numbers, dialect).values(
        collection=bindparam("collection"), last=bindparam("last", type_=numbers.c.last.type)
    )
    return asked.on_conflict_do_update(
        index_elements=[numbers.c.collection], set_={"last": numbers.c.last + asked.excluded.last}
    ).returning(numbers.c.last)
