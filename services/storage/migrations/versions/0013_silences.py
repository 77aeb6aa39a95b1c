"""Silences and absences: spans with a reason, an author and an end."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from services.storage.migrations.words import (
    flag,
    instant,
    instant_or_none,
    partial_index,
    text,
    text_or_none,
    whole,
)

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "silences",
        whole("number"),
        text("id"),
        text("subject"),
        text("reason"),
        text("author"),
        instant("since"),
        instant("until"),
        text("kind"),
        text_or_none("alert_kind"),
        text_or_none("resident_id"),
        text_or_none("device_id"),
        text_or_none("home_id"),
        whole("after_seq"),
        instant_or_none("due_at"),
        instant_or_none("warned_at"),
        instant_or_none("overdue_at"),
        instant_or_none("ended_at"),
        text_or_none("ended_by"),
        text_or_none("ending"),
        flag("synthetic"),
        sa.PrimaryKeyConstraint("number", name="pk_silences"),
        sa.UniqueConstraint("id", name="uq_silences_id"),
    )
    partial_index("ix_silences_running", "silences", ["subject"], "ended_at IS NULL")
    partial_index("ix_silences_due", "silences", ["due_at", "number"], "due_at IS NOT NULL")
    op.create_index("ix_silences_resident_id_number", "silences", ["resident_id", "number"])


def downgrade() -> None:
    op.drop_table("silences")
