"""The main job between processes: every service of the compose file with its own command and environment,
on a real PostgreSQL and a real Mosquitto; a press walks through all of them.
"""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest

from services.wiring.clock import SystemClock
from tests.live.house.forked import called
from tests.live.house.running import PATIENCE, Hook, environment, stock_client
from tests.live.split.home import Home
from tests.live.split.processes import County

pytestmark = [
    pytest.mark.timeout(300),  # five processes begin at once
    pytest.mark.needs_program("mosquitto"),
    pytest.mark.needs_program("mosquitto_pub"),
    pytest.mark.needs_program("mosquitto_sub"),
]
SERVICES = ("ingest", "rules", "notify", "console")


def test_a_press_goes_through_the_services_of_the_compose_file(county: County, hook: Hook) -> None:
    running = county.start(*SERVICES)
    home = Home(county.api(running["console"]), hook)
    assert home.button["mqtt"]["url"] == f"mqtt://127.0.0.1:{county.broker.port}"
    with (
        home.device.hearing(home.topic("receipt")) as receipts,
        home.device.hearing(home.topic("command")) as commands,
    ):
        home.press(1)
        assert json.loads(receipts.next().split(" ", 2)[2]) == {"id": "press-1", "result": "stored"}
        notice = hook.next()
        assert (notice["data"]["kind"], notice["data"]["resident"]["name"]) == ("alert", "措姆")
        assert json.loads(commands.next().split(" ", 2)[2]) == {"command": "reassure", "state": "heard"}
        home.accept()
        assert json.loads(commands.next().split(" ", 2)[2]) == {"command": "reassure", "state": "coming"}
    assert home.alert()["id"] == notice["data"]["alert_id"]
    for name in SERVICES:
        at = running[name].ready.get("health") or running[name].ready["http"]
        assert httpx2.get(f"{at}/healthz", timeout=PATIENCE).json()["status"] == "ok"
        ready = httpx2.get(f"{at}/readyz", timeout=PATIENCE)
        assert (ready.status_code, ready.json()) == (200, {"ready": True, "reasons": []})
        assert httpx2.get(f"{at}/metrics", timeout=PATIENCE).status_code == 200
    for name in SERVICES:
        assert running[name].end() == 0, running[name].log


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_of_its_own_is_refused_on_sqlite(tmp_path: Path, service: str) -> None:
    env = environment({"ANXIN_MQTT_URL": "mqtt://127.0.0.1:1"})
    refused = called([service, "--data-dir", tmp_path / "data"], env)
    assert refused.returncode == 2
    assert "PostgreSQL" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    assert not (tmp_path / "data").exists()


def test_the_console_serves_people_while_the_broker_is_away(county: County) -> None:
    county.broker.stop()
    console = county.process("console").start()
    ready = httpx2.get(f"{console.ready['http']}/readyz", timeout=PATIENCE)
    assert (ready.status_code, ready.json()["ready"]) == (503, False)
    api = county.api(console)
    button = api.post("devices", {"external_id": "b-1", "ecosystem": "native", "type": "call_button"})
    county.broker.start()
    client = stock_client(button["mqtt"])
    clock = SystemClock()
    given_up_at = clock.now() + timedelta(seconds=PATIENCE)
    while client.publish("anxin/v1/b-1/status", "online").returncode != 0:
        assert clock.now() < given_up_at, console.log
