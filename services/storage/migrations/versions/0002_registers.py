"""What people keep: homes, residents, workers, grids, teams, rosters, devices, logins."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from services.storage.migrations.words import (
    flag,
    instant,
    instant_or_none,
    json,
    json_or_none,
    partial_index,
    text,
    text_or_none,
    whole,
)

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "homes",
        whole("number"),
        text("id"),
        text("address"),
        text_or_none("key_place"),
        text_or_none("phone"),
        text_or_none("grid_id"),
        text_or_none("neighbour_id"),
        json("places"),
        text_or_none("timezone"),
        sa.PrimaryKeyConstraint("number", name="pk_homes"),
        sa.UniqueConstraint("id", name="uq_homes_id"),
    )

    op.create_table(
        "residents",
        whole("number"),
        text("id"),
        text("home_id"),
        text("name"),
        instant("enrolled_at"),
        json_or_none("birth_date"),
        json("tags"),
        text_or_none("language"),
        text_or_none("timezone"),
        text_or_none("phone"),
        json("contacts"),
        text_or_none("assigned_worker_id"),
        text_or_none("backup_worker_id"),
        instant_or_none("left_at"),
        text_or_none("left_reason"),
        json_or_none("away"),
        flag("synthetic"),
        sa.PrimaryKeyConstraint("number", name="pk_residents"),
        sa.UniqueConstraint("id", name="uq_residents_id"),
    )
    op.create_index("ix_residents_home_id", "residents", ["home_id"])

    op.create_table(
        "workers",
        whole("number"),
        text("id"),
        text("name"),
        text("role"),
        text("language"),
        text_or_none("team_id"),
        json("grid_ids"),
        json("channels"),
        flag("active"),
        sa.PrimaryKeyConstraint("number", name="pk_workers"),
        sa.UniqueConstraint("id", name="uq_workers_id"),
    )

    op.create_table(
        "grids",
        whole("number"),
        text("id"),
        text("name"),
        text_or_none("team_id"),
        json("neighbouring_ids"),
        sa.PrimaryKeyConstraint("number", name="pk_grids"),
        sa.UniqueConstraint("id", name="uq_grids_id"),
    )

    op.create_table(
        "teams",
        whole("number"),
        text("id"),
        text("name"),
        sa.PrimaryKeyConstraint("number", name="pk_teams"),
        sa.UniqueConstraint("id", name="uq_teams_id"),
    )

    op.create_table(
        "shifts",
        whole("number"),
        text("id"),
        text("team_id"),
        text("worker_id"),
        instant("starts_at"),
        instant("ends_at"),
        sa.PrimaryKeyConstraint("number", name="pk_shifts"),
        sa.UniqueConstraint("id", name="uq_shifts_id"),
    )
    op.create_index("ix_shifts_ends_at", "shifts", ["ends_at"])
    op.create_index("ix_shifts_team_id_number", "shifts", ["team_id", "number"])

    op.create_table(
        "devices",
        whole("number"),
        text("id"),
        text("external_id"),
        text("ecosystem"),
        text("type"),
        text_or_none("home_id"),
        text_or_none("place"),
        text_or_none("resident_id"),
        text_or_none("gateway_id"),
        json("mapping"),
        text("state"),
        instant_or_none("registered_at"),
        instant_or_none("last_seen_at"),
        sa.Column("battery_percent", sa.Float(53), nullable=True),
        text_or_none("credential_hash"),
        flag("synthetic"),
        sa.PrimaryKeyConstraint("number", name="pk_devices"),
        sa.UniqueConstraint("id", name="uq_devices_id"),
    )
    op.create_index("ix_devices_external_id", "devices", ["external_id"])
    op.create_index("ix_devices_resident_id", "devices", ["resident_id"])
    partial_index(
        "uq_devices_name_on_the_wire",
        "devices",
        ["ecosystem", "external_id"],
        "state != 'retired'",
        unique=True,
    )

    op.create_table(
        "users",
        whole("number"),
        text("id"),
        text("username"),
        text("role"),
        text("password_hash"),
        text_or_none("worker_id"),
        flag("active"),
        sa.PrimaryKeyConstraint("number", name="pk_users"),
        sa.UniqueConstraint("id", name="uq_users_id"),
        sa.UniqueConstraint("username", name="uq_users_username"),
    )

    op.create_table(
        "tokens",
        whole("number"),
        text("id"),
        text("secret_hash"),
        text("role"),
        instant("created_at"),
        text("name"),
        text_or_none("worker_id"),
        instant_or_none("revoked_at"),
        sa.PrimaryKeyConstraint("number", name="pk_tokens"),
        sa.UniqueConstraint("id", name="uq_tokens_id"),
        sa.UniqueConstraint("secret_hash", name="uq_tokens_secret_hash"),
    )

    op.create_table(
        "sessions",
        whole("number"),
        text("id"),
        text("secret_hash"),
        text("user_id"),
        instant("created_at"),
        instant("expires_at"),
        sa.PrimaryKeyConstraint("number", name="pk_sessions"),
        sa.UniqueConstraint("id", name="uq_sessions_id"),
        sa.UniqueConstraint("secret_hash", name="uq_sessions_secret_hash"),
    )
    op.create_index("ix_sessions_user_id", "sessions", ["user_id"])


def downgrade() -> None:
    op.drop_table("sessions")
    op.drop_table("tokens")
    op.drop_table("users")
    op.drop_table("devices")
    op.drop_table("shifts")
    op.drop_table("teams")
    op.drop_table("grids")
    op.drop_table("workers")
    op.drop_table("residents")
    op.drop_table("homes")
