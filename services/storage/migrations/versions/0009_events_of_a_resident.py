"""What happened to a resident, by kind and by when: the pictures of their nights read that."""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

NAME = "ix_events_resident_id_kind_occurred_at"


def upgrade() -> None:
    op.create_index(NAME, "events", ["resident_id", "kind", "occurred_at"])


def downgrade() -> None:
    op.drop_index(NAME, "events")
