"""What people and the house itself say happened, found among the far greater number of what devices say."""

from __future__ import annotations

from alembic import op

from services.storage.migrations.words import partial_index

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    partial_index(
        "ix_events_not_from_devices", "events", ["kind", "seq", "occurred_at"], "origin <> 'device'"
    )


def downgrade() -> None:
    op.drop_index("ix_events_not_from_devices", "events")
