"""Emergency contacts who were told: their replies are matched by the channel of the notice."""

from __future__ import annotations

from alembic import op

from services.storage.migrations.words import partial_index

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

NAME = "ix_notices_contact"


def upgrade() -> None:
    partial_index(NAME, "notices", ["synthetic", "created_at"], "contact IS NOT NULL")


def downgrade() -> None:
    op.drop_index(NAME, "notices")
