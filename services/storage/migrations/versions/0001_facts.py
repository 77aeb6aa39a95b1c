"""What the rules read and remember: events, states, cursors, findings, rulebooks; and the numbers of rows."""

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

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "numbers",
        text("collection"),
        whole("last"),
        sa.PrimaryKeyConstraint("collection", name="pk_numbers"),
    )

    op.create_table(
        "events",
        whole("seq"),
        text("id"),
        text("kind"),
        instant("occurred_at"),
        instant("received_at"),
        text("origin"),
        text_or_none("resident_id"),
        text_or_none("device_id"),
        text_or_none("home_id"),
        json("data"),
        text_or_none("device_event_id"),
        text_or_none("recorded_by"),
        flag("time_replaced"),
        json("marks"),
        text_or_none("dedupe_key"),
        flag("synthetic"),
        flag("is_alarm"),
        sa.PrimaryKeyConstraint("seq", name="pk_events"),
        sa.UniqueConstraint("id", name="uq_events_id"),
    )
    partial_index("uq_events_dedupe_key", "events", ["dedupe_key"], "dedupe_key IS NOT NULL", unique=True)
    partial_index("ix_events_alarms", "events", ["seq"], "is_alarm")
    partial_index(
        "ix_events_device_id_device_event_id",
        "events",
        ["device_id", "device_event_id"],
        "device_event_id IS NOT NULL",
    )
    op.create_index("ix_events_device_id_kind_seq", "events", ["device_id", "kind", "seq"])
    op.create_index("ix_events_resident_id_seq", "events", ["resident_id", "seq"])

    op.create_table(
        "rule_states",
        text("rule"),
        text("key"),
        whole("version"),
        text("body"),
        instant_or_none("due_at"),
        sa.PrimaryKeyConstraint("rule", "key", name="pk_rule_states"),
    )
    partial_index("ix_rule_states_due", "rule_states", ["due_at", "rule", "key"], "due_at IS NOT NULL")
    op.create_index("ix_rule_states_key", "rule_states", ["key"])

    op.create_table(
        "cursors",
        text("name"),
        whole("value"),
        sa.PrimaryKeyConstraint("name", name="pk_cursors"),
    )

    op.create_table(
        "findings",
        whole("number"),
        text("id"),
        text("rulebook"),
        whole("revision"),
        text("content_hash"),
        text("rule"),
        text("trigger"),
        instant("at"),
        instant("raised_at"),
        text("severity"),
        text("alert_kind"),
        text("policy"),
        json("titles"),
        text_or_none("resident_id"),
        text_or_none("device_id"),
        text_or_none("home_id"),
        text("state"),
        text_or_none("reason"),
        json("evidence"),
        flag("is_alarm"),
        flag("synthetic"),
        sa.PrimaryKeyConstraint("number", name="pk_findings"),
        sa.UniqueConstraint("id", name="uq_findings_id"),
    )
    op.create_index("ix_findings_device_id_number", "findings", ["device_id", "number"])
    op.create_index("ix_findings_resident_id_number", "findings", ["resident_id", "number"])
    op.create_index("ix_findings_rule_number", "findings", ["rule", "number"])

    op.create_table(
        "finding_changes",
        whole("number"),
        text("finding_id"),
        text("state"),
        instant("at"),
        text_or_none("by_event_id"),
        sa.PrimaryKeyConstraint("number", name="pk_finding_changes"),
    )

    op.create_table(
        "rulebook_revisions",
        text("rulebook"),
        whole("revision"),
        text("content_hash"),
        text("text"),
        instant("active_since"),
        sa.PrimaryKeyConstraint("rulebook", "revision", name="pk_rulebook_revisions"),
    )


def downgrade() -> None:
    op.drop_table("rulebook_revisions")
    op.drop_table("finding_changes")
    op.drop_table("findings")
    op.drop_table("cursors")
    op.drop_table("rule_states")
    op.drop_table("events")
    op.drop_table("numbers")
