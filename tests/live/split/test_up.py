"""`anxin up` on PostgreSQL and a broker of its own: one process does everything, and starts no broker."""

from __future__ import annotations

import json
from pathlib import Path

import httpx2
import pytest

from tests.live.house.running import PATIENCE, Hook, HouseProcess
from tests.live.split.home import Home
from tests.live.split.processes import County
from tests.wire.house import StockClient

pytestmark = [
    pytest.mark.timeout(300),  # five processes begin at once
    pytest.mark.needs_program("mosquitto"),
    pytest.mark.needs_program("mosquitto_pub"),
    pytest.mark.needs_program("mosquitto_sub"),
]


def test_up_does_the_same_on_postgresql_and_a_broker_of_its_own(
    county: County, hook: Hook, tmp_path: Path
) -> None:
    env = county.environment_of("console")
    house = HouseProcess(tmp_path / "up", env={**env, "ANXIN_PUBLIC_URL": ""}).start()
    api = house.api()
    try:
        assert house.ready["mqtt"] == county.broker.url
        home = Home(api, hook)
        with home.device.hearing(home.topic("command")) as commands:
            home.press(1)
            assert hook.next()["data"]["kind"] == "alert"
            home.accept()
            states = [json.loads(commands.next().split(" ", 2)[2])["state"] for _ in range(2)]
        assert states == ["heard", "coming"]
        assert home.api.items("rulebooks")
        ready = httpx2.get(f"{house.ready['http']}/readyz", timeout=PATIENCE)
        assert (ready.status_code, ready.json()["reasons"]) == (200, [])
        assert not (tmp_path / "up" / "broker").exists()
    finally:
        api.close()
        assert house.end() == 0


def test_the_demo_plays_at_a_broker_of_its_own(county: County, tmp_path: Path) -> None:
    env = {**county.environment_of("console"), "ANXIN_PUBLIC_URL": ""}
    house = HouseProcess(tmp_path / "demo", "--demo", env=env).start()
    try:
        login = {"username": "desk", "password": house.ready["demo"]["password"]}
        with (
            httpx2.Client(base_url=house.ready["http"], timeout=PATIENCE) as client,
            StockClient(county.broker, county.broker.house).hearing("anxin/v1/+/receipt") as heard,
        ):
            assert client.post("/api/v1/session", json=login).status_code in (200, 201)
            assert heard.next().split(" ")[1].startswith("anxin/v1/")
    finally:
        assert house.end() == 0
