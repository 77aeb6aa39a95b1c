"""Which process has a role that only one may have."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from services.storage.migrations.words import instant, text, whole

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "runner_leases",
        text("role"),
        text("holder"),
        whole("fence"),
        instant("renewed_at"),
        sa.PrimaryKeyConstraint("role", name="pk_runner_leases"),
    )


def downgrade() -> None:
    op.drop_table("runner_leases")
