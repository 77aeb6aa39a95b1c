"""Rosters with rotations, swaps and leave; when they are looked at, and which holes were said."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from services.storage.migrations.words import instant, json, text, text_or_none, whole

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rosters",
        whole("number"),
        text("id"),
        text("team_id"),
        text("name"),
        text("timezone"),
        json("shifts"),
        json("cycle"),
        json("members"),
        sa.Column("starts_on", sa.Text(), nullable=False),
        whole("days_apart"),
        sa.Column("ends_on", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("number", name="pk_rosters"),
        sa.UniqueConstraint("id", name="uq_rosters_id"),
    )
    op.create_table(
        "swaps",
        whole("number"),
        text("id"),
        text("team_id"),
        text("worker_id"),
        text("instead_id"),
        text("by"),
        instant("made_at"),
        text_or_none("roster_id"),
        sa.Column("day", sa.Text(), nullable=True),
        text_or_none("shift_id"),
        text("reason"),
        sa.PrimaryKeyConstraint("number", name="pk_swaps"),
        sa.UniqueConstraint("id", name="uq_swaps_id"),
    )
    op.create_index("ix_swaps_day", "swaps", ["day"])
    op.create_table(
        "leaves",
        whole("number"),
        text("id"),
        text("worker_id"),
        instant("starts_at"),
        instant("ends_at"),
        text("reason"),
        text("by"),
        instant("made_at"),
        sa.PrimaryKeyConstraint("number", name="pk_leaves"),
        sa.UniqueConstraint("id", name="uq_leaves_id"),
    )
    op.create_index("ix_leaves_ends_at", "leaves", ["ends_at"])
    op.create_table(
        "roster_looks",
        whole("number"),
        instant("due_at"),
        sa.PrimaryKeyConstraint("number", name="pk_roster_looks"),
    )
    op.create_table(
        "standing_holes",
        whole("number"),
        text("subject"),
        text("finding_id"),
        instant("ends_at"),
        sa.PrimaryKeyConstraint("number", name="pk_standing_holes"),
    )


def downgrade() -> None:
    for table in ("standing_holes", "roster_looks", "leaves", "swaps", "rosters"):
        op.drop_table(table)
