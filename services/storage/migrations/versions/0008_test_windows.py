"""A device's test window and its newest test; what makes an alert a test."""

from __future__ import annotations

from alembic import op

from services.storage.migrations.words import json_or_none, partial_index, text_or_none

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("devices", json_or_none("test_window"))
    op.add_column("devices", text_or_none("last_test_id"))
    op.add_column("alerts", json_or_none("test"))
    partial_index("ix_devices_in_test", "devices", ["number"], "test_window IS NOT NULL")


def downgrade() -> None:
    op.drop_index("ix_devices_in_test", "devices")
    op.drop_column("alerts", "test")
    op.drop_column("devices", "last_test_id")
    op.drop_column("devices", "test_window")
