"""A real PostgreSQL and a real Mosquitto for the processes of an installation."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contracts.postgresql import PostgresqlServer
from tests.live.house.running import Hook
from tests.live.split.broker import CountyBroker
from tests.live.split.processes import County


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresqlServer]:
    with PostgresqlServer() as server:
        yield server


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[CountyBroker]:
    with CountyBroker(tmp_path / "mosquitto") as broker:
        yield broker


@pytest.fixture
def county(tmp_path: Path, postgresql: PostgresqlServer, broker: CountyBroker) -> Iterator[County]:
    with postgresql.database(migrated=False) as database, County(tmp_path, database, broker) as county:
        yield county


@pytest.fixture
def hook() -> Iterator[Hook]:
    hook = Hook()
    yield hook
    hook.close()
