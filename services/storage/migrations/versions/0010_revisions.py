"""Who put a revision of a rulebook in force and why; and what is wrong with the rulebooks now."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from services.storage.migrations.words import flag, instant, text, text_or_none, whole

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in (text_or_none("author"), text_or_none("reason"), _restores()):
        op.add_column("rulebook_revisions", column)
    op.create_table(
        "rule_faults",
        whole("number"),
        text_or_none("rulebook"),
        text_or_none("file"),
        text_or_none("rule"),
        text("field"),
        text("found"),
        text("expected"),
        instant("since"),
        text_or_none("nearest"),
        flag("is_unavailable"),
        sa.PrimaryKeyConstraint("number", name="pk_rule_faults"),
    )


def downgrade() -> None:
    op.drop_table("rule_faults")
    for name in ("restores", "reason", "author"):
        op.drop_column("rulebook_revisions", name)


def _restores() -> sa.Column[int]:
    return sa.Column("restores", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
