"""Opening the store: the tables brought to this version, then the store on them."""

from __future__ import annotations

from datetime import timedelta

from services.domain.ports import Signals, StoreUnavailable
from services.storage import migrate
from services.storage.store import PATIENCE, SqlStore
from services.wiring.settings import Settings


class CannotOpen(Exception):
    """The store cannot be opened; the words name the setting, never what stands in it."""


def open_store(settings: Settings, signals: Signals, patience: timedelta = PATIENCE) -> SqlStore:
    """The store that the settings name, ready for use; `CannotOpen` says why it is not. A transaction waits
    for ``patience`` while another process is writing.
    """
    try:
        migrate.upgrade(settings.store_url)
    except (ValueError, StoreUnavailable, migrate.SchemaIsNewer) as error:
        raise cannot_open(settings, error) from error
    return SqlStore(settings.store_url, signals, patience=patience, most_bytes=settings.sqlite_most_bytes)


def cannot_open(settings: Settings, error: Exception) -> CannotOpen:
    """Why the database that the settings name cannot be opened."""
    reason = str(error).partition("\n")[0]
    return CannotOpen(f"the database of {settings.store_named} cannot be opened: {reason}")
