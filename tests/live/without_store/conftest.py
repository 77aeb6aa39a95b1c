"""Houses on both stores, for tests that take the store away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contracts.postgresql import PostgresqlServer
from tests.live.without_store.taken_away import MOST_MB
from tests.live.without_store.village import Village, village


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresqlServer]:
    with PostgresqlServer() as running:
        yield running


@pytest.fixture
def on_postgresql(server: PostgresqlServer, tmp_path: Path) -> Iterator[Village]:
    with server.database() as url, village(tmp_path, {"ANXIN_DATABASE_URL": url}) as here:
        yield here


@pytest.fixture
def on_sqlite(tmp_path: Path) -> Iterator[Village]:
    with village(tmp_path, {"ANXIN_SQLITE_MOST_MB": str(MOST_MB)}) as here:
        yield here
