"""Opening the store: the tables brought to this version, then the store on them."""

from __future__ import annotations

from services.domain.ports import Signals
from services.storage import migrate
from services.storage.store import SqlStore
from services.wiring.settings import Settings


def open_store(settings: Settings, signals: Signals) -> SqlStore:
    """The store that the settings name, ready for use."""
    migrate.upgrade(settings.store_url)
    return SqlStore(settings.store_url, signals)
