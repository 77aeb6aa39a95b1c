"""Compiled statements, kept for all engines of this process. SQLAlchemy keeps them by engine, so that the
reader would compile again what the writer has compiled, and each store of a test whatever every other had
compiled. What is kept depends on the database and its version alone; it never holds a value of a question.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.util import LRUCache

MOST_KEPT = 2000
"""More than there are statements in this room; what was used longest ago leaves first."""


class Compiled(LRUCache[Any, Any]):
    """A cache in which engines of one kind of database find what any of them put in."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(_of_its_kind(key), default)

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(_of_its_kind(key), value)


def _of_its_kind(key: Any) -> Any:
    """SQLAlchemy's key, with the kind of database in place of the one engine's dialect."""
    dialect, *rest = key
    return (dialect.name, dialect.driver, dialect.server_version_info, *rest)


COMPILED = Compiled(MOST_KEPT)
