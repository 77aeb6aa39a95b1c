"""Attempts: when a channel may be tried again, whom it was for, and the receipt of its carrier.

Of notices that are being tried again each channel may be tried at once: nobody knows any more which of them
refused for good.
"""

from __future__ import annotations

from alembic import op

from services.storage.migrations.words import instant_or_none, partial_index, text_or_none

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_COLUMNS = ("again_at", "reference", "worker_id", "receipt", "receipt_at", "receipt_detail")
_INDEXES = ("ix_attempts_address", "ix_attempts_worker", "ix_attempts_reference")


def upgrade() -> None:
    op.add_column("attempts", instant_or_none("again_at"))
    op.add_column("attempts", text_or_none("reference"))
    op.add_column("attempts", text_or_none("worker_id"))
    op.add_column("attempts", text_or_none("receipt"))
    op.add_column("attempts", instant_or_none("receipt_at"))
    op.add_column("attempts", text_or_none("receipt_detail"))
    op.execute(
        "UPDATE attempts SET again_at = ended_at WHERE result IN ('refused', 'timed_out')"
        " AND notice_id IN (SELECT id FROM notices WHERE state = 'due')"
    )
    partial_index("ix_attempts_reference", "attempts", ["reference"], "reference IS NOT NULL")
    partial_index("ix_attempts_worker", "attempts", ["worker_id", "started_at"], "worker_id IS NOT NULL")
    op.create_index("ix_attempts_address", "attempts", ["address", "channel", "started_at"])


def downgrade() -> None:
    for name in _INDEXES:
        op.drop_index(name, "attempts")
    for name in reversed(_COLUMNS):
        op.drop_column("attempts", name)
