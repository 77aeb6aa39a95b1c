"""Alembic's way in: runs the revisions on the connection that `services.storage.migrate` hands over. It
never opens a database by itself.
"""

from __future__ import annotations

from alembic import context

from services.storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
)
context.run_migrations()
