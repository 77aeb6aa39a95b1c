"""A broker for each test of the wire, in a folder of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.wiring.broker import EmbeddedBroker
from tests.wire.house import Broker, House, StockClient, native


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[EmbeddedBroker]:
    broker = EmbeddedBroker(tmp_path / "broker", open_mqtt=True)
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture
def house(broker: Broker, tmp_path: Path) -> Iterator[House]:
    with House(broker, tmp_path, [native("button"), native("mat")]) as house:
        yield house


@pytest.fixture
def stock(broker: Broker) -> StockClient:
    return StockClient(broker)
