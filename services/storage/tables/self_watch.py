"""The house's own presses and path checks, as tables."""

from __future__ import annotations

from sqlalchemy import Index, Table

from services.domain.self_watch import CheckState, PressState
from services.storage.tables.columns import (
    index_where,
    instant,
    instant_or_none,
    member,
    metadata,
    number,
    whole,
    words,
)

own_presses = Table(
    "own_presses",
    metadata,
    number(),
    words("id", unique=True),
    instant("pressed_at"),
    instant("due_at"),
    member("state", PressState),
    instant_or_none("told_at"),
)
Index(None, own_presses.c.pressed_at)
index_where(own_presses.c.told_at.is_not(None), own_presses.c.number, name="ix_own_presses_back")

path_checks = Table(
    "path_checks",
    metadata,
    number(),
    words("id", unique=True),
    instant("due_at"),
    member("state", CheckState),
    instant_or_none("begun_at"),
    instant_or_none("ended_at"),
    whole("told"),
    whole("refused"),
)
