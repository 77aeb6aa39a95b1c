"""The house's own presses and path checks, and indexes by which what is synthetic is found and forgotten."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from services.storage.migrations.words import instant, instant_or_none, partial_index, text, whole

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_SYNTHETIC = {
    "events": "received_at",
    "findings": "raised_at",
    "alerts": "opened_at",
    "notices": "created_at",
}


def upgrade() -> None:
    op.create_table(
        "own_presses",
        whole("number"),
        text("id"),
        instant("pressed_at"),
        instant("due_at"),
        text("state"),
        instant_or_none("told_at"),
        sa.PrimaryKeyConstraint("number", name="pk_own_presses"),
        sa.UniqueConstraint("id", name="uq_own_presses_id"),
    )
    op.create_index("ix_own_presses_pressed_at", "own_presses", ["pressed_at"])
    partial_index("ix_own_presses_back", "own_presses", ["number"], "told_at IS NOT NULL")
    op.create_table(
        "path_checks",
        whole("number"),
        text("id"),
        instant("due_at"),
        text("state"),
        instant_or_none("begun_at"),
        instant_or_none("ended_at"),
        whole("told"),
        whole("refused"),
        sa.PrimaryKeyConstraint("number", name="pk_path_checks"),
        sa.UniqueConstraint("id", name="uq_path_checks_id"),
    )
    for table, column in _SYNTHETIC.items():
        partial_index(f"ix_{table}_synthetic", table, [column], "synthetic")


def downgrade() -> None:
    for table in _SYNTHETIC:
        op.drop_index(f"ix_{table}_synthetic", table)
    op.drop_table("path_checks")
    op.drop_table("own_presses")
