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


def test_a_press_that_lay_in_the_old_brokers_folder_is_taken_in_the_new_place(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "new").mkdir()
    old = EmbeddedBroker(tmp_path / "old" / "broker", open_mqtt=True)
    old.start()
    try:
        with House(old, tmp_path / "old", [native("button")]) as house:
            house.store.refusal = StoreUnavailable("the machine is about to burn")
            press = json.dumps({"kind": "call_button.pressed", "id": "1"})
            StockClient(old).publish("anxin/v1/button/alarm", press)
            house.wait_for(lambda: house.inbox.waiting == 1)
    finally:
        old.stop()
    shutil.copytree(old.folder, tmp_path / "new" / "broker")
    moved = EmbeddedBroker(tmp_path / "new" / "broker")
    moved.start()
    try:
        with House(moved, tmp_path / "new", [native("button")]) as house:
            [event] = house.wait_for_events(1)
            assert event.device_event_id == "1"
    finally:
        moved.stop()
