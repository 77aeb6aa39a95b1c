"""The event that began it, kept with what came of it; what of the quarantine still waits, for counting."""

from __future__ import annotations

from alembic import op

from services.storage.migrations.words import partial_index, text_or_none

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("alerts", "notices", "device_commands"):
        op.add_column(table, text_or_none("chain"))
    partial_index("ix_quarantine_waiting", "quarantine", ["reason"], "replayed_at IS NULL")


def downgrade() -> None:
    op.drop_index("ix_quarantine_waiting", "quarantine")
    for table in ("device_commands", "notices", "alerts"):
        op.drop_column(table, "chain")
