"""Alerts with their facts and moves, and the outbox."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from services.storage.migrations.words import (
    flag,
    instant,
    instant_or_none,
    json,
    partial_index,
    text,
    text_or_none,
    whole,
)

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "alerts",
        whole("number"),
        text("id"),
        text("kind"),
        text("subject"),
        text("severity"),
        text("policy"),
        json("titles"),
        instant("opened_at"),
        text("state"),
        text_or_none("resident_id"),
        text_or_none("device_id"),
        text_or_none("home_id"),
        instant_or_none("accepted_at"),
        text_or_none("accepted_by"),
        instant_or_none("arrived_at"),
        instant_or_none("closed_at"),
        text_or_none("closed_by"),
        text_or_none("outcome"),
        text_or_none("note"),
        whole("run"),
        instant_or_none("run_started_at"),
        whole("step"),
        whole("round"),
        json("deadlines"),
        json("owner_ids"),
        text_or_none("handover_to"),
        json("declined_by"),
        flag("synthetic"),
        whole("version"),
        flag("is_running"),
        instant_or_none("next_due_at"),
        sa.PrimaryKeyConstraint("number", name="pk_alerts"),
        sa.UniqueConstraint("id", name="uq_alerts_id"),
    )
    op.create_index("ix_alerts_device_id_number", "alerts", ["device_id", "number"])
    partial_index("ix_alerts_due", "alerts", ["next_due_at", "number"], "is_running")
    op.create_index("ix_alerts_resident_id_number", "alerts", ["resident_id", "number"])
    partial_index("ix_alerts_running", "alerts", ["resident_id"], "is_running")
    partial_index("uq_alerts_running", "alerts", ["kind", "subject"], "is_running", unique=True)

    op.create_table(
        "alert_facts",
        text("alert_id"),
        text("finding_id"),
        whole("position"),
        instant("at"),
        instant("joined_at"),
        text("state"),
        flag("is_alarm"),
        text_or_none("device_id"),
        sa.PrimaryKeyConstraint("alert_id", "finding_id", name="pk_alert_facts"),
    )
    partial_index("ix_alert_facts_device_id", "alert_facts", ["device_id"], "device_id IS NOT NULL")
    op.create_index("ix_alert_facts_finding_id", "alert_facts", ["finding_id"])

    op.create_table(
        "alert_changes",
        whole("number"),
        text("alert_id"),
        instant("at"),
        text("by"),
        text_or_none("from_state"),
        text("to_state"),
        text("reason"),
        text_or_none("on_behalf_of"),
        json("detail"),
        sa.PrimaryKeyConstraint("number", name="pk_alert_changes"),
    )
    op.create_index("ix_alert_changes_alert_id_number", "alert_changes", ["alert_id", "number"])

    op.create_table(
        "notices",
        whole("number"),
        text("id"),
        text("alert_id"),
        text("kind"),
        text("reason"),
        instant("created_at"),
        text("severity"),
        text("language"),
        text("recipient_name"),
        text_or_none("worker_id"),
        text_or_none("contact"),
        json("channels"),
        whole("run"),
        whole("step"),
        whole("round"),
        text("state"),
        json("text"),
        instant_or_none("next_attempt_at"),
        instant_or_none("sent_at"),
        flag("synthetic"),
        sa.PrimaryKeyConstraint("number", name="pk_notices"),
        sa.UniqueConstraint("id", name="uq_notices_id"),
    )
    op.create_index("ix_notices_alert_id_number", "notices", ["alert_id", "number"])
    partial_index("ix_notices_due", "notices", ["next_attempt_at"], "state = 'due'")
    op.create_index("ix_notices_worker_id_number", "notices", ["worker_id", "number"])

    op.create_table(
        "attempts",
        whole("number"),
        text("id"),
        text("notice_id"),
        text("channel"),
        text("address"),
        instant("started_at"),
        instant_or_none("ended_at"),
        text_or_none("result"),
        text_or_none("status"),
        text_or_none("detail"),
        sa.PrimaryKeyConstraint("number", name="pk_attempts"),
        sa.UniqueConstraint("id", name="uq_attempts_id"),
    )
    op.create_index("ix_attempts_notice_id_number", "attempts", ["notice_id", "number"])

    op.create_table(
        "device_commands",
        whole("number"),
        text("id"),
        text("device_id"),
        text("external_id"),
        text("state"),
        instant("created_at"),
        text_or_none("alert_id"),
        instant_or_none("published_at"),
        sa.PrimaryKeyConstraint("number", name="pk_device_commands"),
        sa.UniqueConstraint("id", name="uq_device_commands_id"),
    )
    partial_index("ix_device_commands_due", "device_commands", ["number"], "published_at IS NULL")


def downgrade() -> None:
    op.drop_table("device_commands")
    op.drop_table("attempts")
    op.drop_table("notices")
    op.drop_table("alert_changes")
    op.drop_table("alert_facts")
    op.drop_table("alerts")
