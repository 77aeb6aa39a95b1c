"""What the house keeps about itself, as tables; and the numbers that were handed out."""

from __future__ import annotations

from sqlalchemy import Column, Index, LargeBinary, Table

from services.domain.records import QuarantineReason
from services.storage.tables.columns import (
    flag,
    index_where,
    instant,
    instant_or_none,
    member,
    metadata,
    number,
    whole,
    words,
    words_or_none,
)

numbers = Table("numbers", metadata, words("collection", key=True), whole("last"))

runner_leases = Table(
    "runner_leases",
    metadata,
    words("role", key=True),
    words("holder"),
    whole("fence"),
    instant("renewed_at"),
)

quarantine = Table(
    "quarantine",
    metadata,
    number(),
    words("id", unique=True),
    words("topic"),
    Column("payload", LargeBinary, nullable=False),
    member("reason", QuarantineReason),
    words("detail"),
    instant("first_at"),
    instant("last_at"),
    flag("retained"),
    whole("size"),
    words_or_none("external_id"),
    whole("count"),
    flag("reads_as_press"),
    instant_or_none("replayed_at"),
    words("fingerprint", unique=True),
)
Index(None, quarantine.c.topic, quarantine.c.number)
index_where(quarantine.c.replayed_at.is_(None), quarantine.c.reason, name="ix_quarantine_waiting")

audit = Table(
    "audit",
    metadata,
    number(),
    words("id", unique=True),
    instant("at"),
    words("actor"),
    words("role"),
    words("action"),
    words("object_kind"),
    words("object_id"),
    words("detail"),
)
Index(None, audit.c.object_id, audit.c.number)
Index(None, audit.c.actor, audit.c.number)

answers = Table(
    "remembered_answers",
    metadata,
    words("key", key=True),
    words("request_hash"),
    whole("status"),
    words("body"),
    instant("at"),
)
Index(None, answers.c.at)
