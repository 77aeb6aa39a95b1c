"""Rows that get a number when they are stored: the way in that findings, notices, commands and changes
share. What bears an id that is stored already is left out, so that work done twice leaves one row.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, select

from services.storage.among import among, keys
from services.storage.numbers import Numbers
from services.storage.prepared import fetch
from services.storage.rows import Batch, Shape

N = TypeVar("N")


class Numbered(Generic[N]):
    """A table whose nouns have a field ``number``."""

    def __init__(self, shape: Shape[N]) -> None:
        self._shape = shape
        self._batch = Batch(shape.stored)
        ids = shape.table.c.get("id")
        self._known = None if ids is None else select(ids).where(among(ids, "keys"))

    def add(self, connection: Connection, numbers: Numbers, things: Iterable[N]) -> list[N]:
        """Store all of them; answers them with their numbers."""
        new: list[Any] = list(things)
        if not new:
            return []
        first = numbers.take(self._shape.table, len(new))
        stored = [replace(thing, number=first + place) for place, thing in enumerate(new)]
        self._batch.insert(connection, [self._shape.values(thing) for thing in stored])
        return stored

    def add_once(self, connection: Connection, numbers: Numbers, things: Iterable[N]) -> list[N]:
        """Store those whose id is not stored yet; answers these."""
        by_id = {thing.id: thing for thing in things}  # type: ignore[attr-defined]  # nouns without one have no table.c.id
        if not by_id or self._known is None:
            return []
        known = {row[0] for row in fetch(connection, self._known, {"keys": keys(by_id)})}
        return self.add(connection, numbers, [thing for id_, thing in by_id.items() if id_ not in known])
