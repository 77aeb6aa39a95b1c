"""A store for the tests of the wiring."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.storage.store import SqlStore
from tests.stores import sqlite_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    store = sqlite_store(tmp_path)
    yield store
    store.close()
