"""Hand-overs of the duty desk and the notes of its shifts, as tables."""

from __future__ import annotations

from sqlalchemy import Index, Table

from services.storage.tables.columns import instant, json, metadata, number, words

handovers = Table(
    "handovers",
    metadata,
    number(),
    words("id", unique=True),
    words("from_worker_id"),
    words("taken_over_by"),
    instant("taken_over_at"),
    words("recorded_by"),
    words("note"),
    json("running", tuple[str, ...]),
    json("unprotected", tuple[str, ...]),
)
Index(None, handovers.c.taken_over_at)

shift_notes = Table(
    "shift_notes",
    metadata,
    number(),
    words("id", unique=True),
    instant("at"),
    words("author"),
    words("text"),
)
Index(None, shift_notes.c.at)
