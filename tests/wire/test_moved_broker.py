"""What the embedded broker held comes along with its folder: a house that was restored elsewhere and bears
the old name there is handed what nobody had taken.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from services.domain.ports import StoreUnavailable
from services.wiring.broker import EmbeddedBroker
from tests.wire.house import House, StockClient, native

pytestmark = pytest.mark.needs_program("mosquitto_pub")


def test_a_press_that_lay_in_the_old_brokers_folder_is_taken_in_the_new_place(
    broker: EmbeddedBroker, tmp_path: Path, stock: StockClient
) -> None:
    with House(broker, tmp_path, [native("button")]) as house:
        house.store.refusal = StoreUnavailable("the machine is about to burn")
        stock.publish("anxin/v1/button/alarm", json.dumps({"kind": "call_button.pressed", "id": "1"}))
        house.wait_for(lambda: house.inbox.waiting == 1)
    broker.stop()
    new = tmp_path / "new"
    new.mkdir()
    shutil.copytree(broker.folder, new / "broker")
    moved = EmbeddedBroker(new / "broker")
    moved.start()
    try:
        with House(moved, new, [native("button")]) as house:
            [press] = house.wait_for_events(1)
            assert press.device_event_id == "1"
    finally:
        moved.stop()
