"""Hand-overs of the duty desk, and the notes of its shifts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from services.storage.migrations.words import instant, json, text, whole

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "handovers",
        whole("number"),
        text("id"),
        text("from_worker_id"),
        text("taken_over_by"),
        instant("taken_over_at"),
        text("recorded_by"),
        text("note"),
        json("running"),
        json("unprotected"),
        sa.PrimaryKeyConstraint("number", name="pk_handovers"),
        sa.UniqueConstraint("id", name="uq_handovers_id"),
    )
    op.create_index("ix_handovers_taken_over_at", "handovers", ["taken_over_at"])
    op.create_table(
        "shift_notes",
        whole("number"),
        text("id"),
        instant("at"),
        text("author"),
        text("text"),
        sa.PrimaryKeyConstraint("number", name="pk_shift_notes"),
        sa.UniqueConstraint("id", name="uq_shift_notes_id"),
    )
    op.create_index("ix_shift_notes_at", "shift_notes", ["at"])


def downgrade() -> None:
    op.drop_table("shift_notes")
    op.drop_table("handovers")
