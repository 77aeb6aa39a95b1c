"""Alerts by when they were opened and notices by when they were sent, for the figures of the service."""

from __future__ import annotations

from alembic import op

from services.storage.migrations.words import partial_index

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_alerts_opened_at", "alerts", ["opened_at"])
    sent = ["sent_at", "worker_id", "kind", "synthetic"]
    partial_index("ix_notices_sent", "notices", sent, "sent_at IS NOT NULL")


def downgrade() -> None:
    op.drop_index("ix_notices_sent", "notices")
    op.drop_index("ix_alerts_opened_at", "alerts")
