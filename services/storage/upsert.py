"""An INSERT that may meet a row of the same key. Both stores say it in the same words; SQLAlchemy has a
class each.
"""

from __future__ import annotations

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_into(table: Table, dialect: str) -> sqlite.Insert | postgresql.Insert:
    """An INSERT with ON CONFLICT in the dialect of that name."""
    if dialect == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)
