"""Who is on duty when, as tables: rosters, swaps, leaves; when the rosters are looked at, and what stands."""

from __future__ import annotations

from sqlalchemy import Column, Index, Table

from services.domain.rosters import NamedShift
from services.storage.codec import Day
from services.storage.tables.columns import (
    instant,
    json,
    metadata,
    number,
    whole,
    words,
    words_or_none,
)

rosters = Table(
    "rosters",
    metadata,
    number(),
    words("id", unique=True),
    words("team_id"),
    words("name"),
    words("timezone"),
    json("shifts", tuple[NamedShift, ...]),
    json("cycle", tuple[str, ...]),
    json("members", tuple[str, ...]),
    Column("starts_on", Day, nullable=False),
    whole("days_apart"),
    Column("ends_on", Day),
)

swaps = Table(
    "swaps",
    metadata,
    number(),
    words("id", unique=True),
    words("team_id"),
    words("worker_id"),
    words("instead_id"),
    words("by"),
    instant("made_at"),
    words_or_none("roster_id"),
    Column("day", Day),
    words_or_none("shift_id"),
    words("reason"),
)
Index(None, swaps.c.day)

leaves = Table(
    "leaves",
    metadata,
    number(),
    words("id", unique=True),
    words("worker_id"),
    instant("starts_at"),
    instant("ends_at"),
    words("reason"),
    words("by"),
    instant("made_at"),
)
Index(None, leaves.c.ends_at)

roster_looks = Table("roster_looks", metadata, number(), instant("due_at"))

standing_holes = Table(
    "standing_holes",
    metadata,
    number(),
    words("subject"),
    words("finding_id"),
    instant("ends_at"),
)
