"""Silences and absences, as a table. The few that run are found by indexes of their own."""

from __future__ import annotations

from sqlalchemy import Index, Table

from services.domain.silences import Ending, SilenceKind
from services.storage.tables.columns import (
    flag,
    index_where,
    instant,
    instant_or_none,
    member,
    member_or_none,
    metadata,
    number,
    whole,
    words,
    words_or_none,
)

silences = Table(
    "silences",
    metadata,
    number(),
    words("id", unique=True),
    words("subject"),
    words("reason"),
    words("author"),
    instant("since"),
    instant("until"),
    member("kind", SilenceKind),
    words_or_none("alert_kind"),
    words_or_none("resident_id"),
    words_or_none("device_id"),
    words_or_none("home_id"),
    whole("after_seq"),
    instant_or_none("due_at"),
    instant_or_none("warned_at"),
    instant_or_none("overdue_at"),
    instant_or_none("ended_at"),
    words_or_none("ended_by"),
    member_or_none("ending", Ending),
    flag("synthetic"),
)
index_where(silences.c.ended_at.is_(None), silences.c.subject, name="ix_silences_running")
index_where(silences.c.due_at.is_not(None), silences.c.due_at, silences.c.number, name="ix_silences_due")
Index(None, silences.c.resident_id, silences.c.number)
