"""Runs every contract on SQLite and on PostgreSQL, each test on an empty database of its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from services.domain.ports import Store
from services.storage.engines import Synchronous
from services.storage.store import SqlStore
from tests.contracts.postgresql import PostgresqlServer
from tests.stores import RecordingSignals, sqlite_url

PATIENCE = timedelta(seconds=60)
"""SQLite hands its lock to whoever asks at the right moment, so of two processes that write without a pause
one may wait long on a busy machine. How long is not what these contracts are about; giving up has tests of
its own.
"""


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresqlServer]:
    with PostgresqlServer() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a migrated, empty database; of PostgreSQL one in which rows may be changed, no more."""
    if request.param == "sqlite":
        yield sqlite_url(tmp_path)
        return
    server: PostgresqlServer = request.getfixturevalue("postgresql")
    with server.lent() as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without any tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: PostgresqlServer = request.getfixturevalue("postgresql")
    with server.database(migrated=False) as url:
        yield url


@pytest.fixture
def signals() -> RecordingSignals:
    return RecordingSignals()


@pytest.fixture
def store(url: str, signals: RecordingSignals) -> Iterator[Store]:
    store = SqlStore(url, signals, patience=PATIENCE, synchronous=Synchronous.OFF)
    yield store
    store.close()


@pytest.fixture
def another_process(url: str) -> Iterator[Store]:
    """The same database as another process sees it: nothing in memory is shared."""
    store = SqlStore(url, RecordingSignals(), patience=PATIENCE, synchronous=Synchronous.OFF)
    yield store
    store.close()
