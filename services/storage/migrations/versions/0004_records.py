"""What the house keeps about itself: quarantine, audit, remembered answers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from services.storage.migrations.words import flag, instant, instant_or_none, text, text_or_none, whole

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "quarantine",
        whole("number"),
        text("id"),
        text("topic"),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        text("reason"),
        text("detail"),
        instant("first_at"),
        instant("last_at"),
        flag("retained"),
        whole("size"),
        text_or_none("external_id"),
        whole("count"),
        flag("reads_as_press"),
        instant_or_none("replayed_at"),
        text("fingerprint"),
        sa.PrimaryKeyConstraint("number", name="pk_quarantine"),
        sa.UniqueConstraint("id", name="uq_quarantine_id"),
        sa.UniqueConstraint("fingerprint", name="uq_quarantine_fingerprint"),
    )
    op.create_index("ix_quarantine_topic_number", "quarantine", ["topic", "number"])

    op.create_table(
        "audit",
        whole("number"),
        text("id"),
        instant("at"),
        text("actor"),
        text("role"),
        text("action"),
        text("object_kind"),
        text("object_id"),
        text("detail"),
        sa.PrimaryKeyConstraint("number", name="pk_audit"),
        sa.UniqueConstraint("id", name="uq_audit_id"),
    )
    op.create_index("ix_audit_actor_number", "audit", ["actor", "number"])
    op.create_index("ix_audit_object_id_number", "audit", ["object_id", "number"])

    op.create_table(
        "remembered_answers",
        text("key"),
        text("request_hash"),
        whole("status"),
        text("body"),
        instant("at"),
        sa.PrimaryKeyConstraint("key", name="pk_remembered_answers"),
    )
    op.create_index("ix_remembered_answers_at", "remembered_answers", ["at"])


def downgrade() -> None:
    op.drop_table("remembered_answers")
    op.drop_table("audit")
    op.drop_table("quarantine")
