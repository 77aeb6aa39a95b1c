"""A broker for each test of the wire, in a folder of its own: the embedded one and Mosquitto, one after the
other, for the service needs nothing that only one of them has. A test about one of them makes its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.wiring.broker import EmbeddedBroker
from tests.wire.house import Broker, House, StockClient, native
from tests.wire.mosquitto import Mosquitto


@pytest.fixture(params=["embedded", pytest.param("mosquitto", marks=pytest.mark.needs_program("mosquitto"))])
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Broker]:
    broker = (
        EmbeddedBroker(tmp_path / "broker", open_mqtt=True)
        if request.param == "embedded"
        else Mosquitto(tmp_path / "broker")
    )
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
