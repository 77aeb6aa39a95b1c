"""What a running house says of itself: the way of a press in the log, its figures, and nobody's name."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families

from devices.simulator import clock
from services.wiring.pulse import STALLED_SECONDS
from tests.live.house.registering import button, by_webhook, worker
from tests.live.house.running import PATIENCE, Api, Hook, HouseProcess, stock_client

pytestmark = [pytest.mark.needs_program("mosquitto_pub"), pytest.mark.needs_program("mosquitto_sub")]

SOON = timedelta(seconds=PATIENCE)


@dataclass
class Home:
    """One home with a button in a running house, and its grid worker's telephone."""

    house: HouseProcess
    api: Api
    hook: Hook
    button: dict[str, Any]
    told: tuple[str, ...]
    """What nobody may read in the log or in a label."""

    def press(self, own_id: str) -> None:
        said = {"id": own_id, "kind": "call_button.pressed", "data": {"words": "救命"}}
        topic = f"anxin/v1/{self.button['external_id']}/alarm"
        assert stock_client(self.button["mqtt"]).publish(topic, said).returncode == 0

    def figures(self) -> dict[tuple[str, ...], float]:
        """The samples of `/metrics` by name and label values, in the order of the label names."""
        answer = httpx2.get(f"{self.house.ready['http']}/metrics", timeout=PATIENCE)
        assert answer.status_code == 200
        return {
            (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
            for family in text_string_to_metric_families(answer.text)
            for sample in family.samples
        }

    def log(self) -> list[dict[str, Any]]:
        """The lines of the log, as a machine reads them."""
        text = (self.house.folder.parent / "house.log").read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    house, hook = HouseProcess(tmp_path / "data"), Hook()
    try:
        api = house.start().api()
        assigned = worker(api, "白玛央金", "grid_worker", by_webhook(hook))
        home = api.post("homes", {"address": "雪松村 3 号", "phone": "0894-542-0417"})["id"]
        resident = api.post(
            "residents",
            {"name": "措姆", "home_id": home, "assigned_worker_id": assigned, "phone": "139-0000-0417"},
        )["id"]
        device = button(api, resident, home_id=home)
        told = ("白玛央金", hook.address, "雪松村 3 号", "0894-542-0417", "措姆", "139-0000-0417")
        yield Home(house, api, hook, device, (*told, "button-0417", "救命", assigned, home, resident))
        api.close()
    finally:
        house.end()
        hook.close()


def test_the_way_of_one_press_is_in_the_log_under_one_id(home: Home) -> None:
    topic = f"anxin/v1/{home.button['external_id']}/command"
    with stock_client(home.button["mqtt"]).hearing(topic) as light:
        home.press("press-1")
        assert home.hook.next()["data"]["kind"] == "alert"
        assert clock.until(lambda: bool(home.api.items("notices?state=sent&kind=alert")), SOON)
        home.press("press-2")
        assert home.hook.next()["data"]["kind"] == "joined"
        [alert] = home.api.items("alerts")
        for action, more in (("accept", {}), ("arrive", {}), ("close", {"outcome": "helped"})):
            worker = alert["owner_ids"][0]
            home.api.post(f"alerts/{alert['id']}/{action}", {"worker_id": worker, **more}, status=200)
        while '"over"' not in light.next():
            pass
    home.house.end()
    events = [line for line in home.log() if line["message"] == "event stored"]
    assert [line["kind"] for line in events] == ["call_button.pressed"] * 2
    first, second = (line["event"] for line in events)
    lines = [line for line in home.log() if line.get("chain") == first]
    _goes_the_whole_way(lines)
    assert {line["alert"] for line in lines if "alert" in line} == {alert["id"]}
    [finding] = [line for line in lines if line["message"] == "finding raised"]
    assert finding["events"] == [first]
    [joined] = [line for line in home.log() if line["message"] == "alert joined"]
    assert (joined["chain"], joined["began"], joined["alert"]) == (second, first, alert["id"])
    text = json.dumps(home.log(), ensure_ascii=False)
    assert [word for word in home.told if word in text] == []


def _goes_the_whole_way(lines: list[dict[str, Any]]) -> None:
    said = [line["message"] for line in lines]
    stations = [
        *("event stored", "finding raised", "alert opened", "notice made", "attempt started"),
        *("attempt ended", "notice sent", "alert accepted", "alert arrived", "alert closed"),
    ]
    assert [said.index(station) for station in stations] == sorted(said.index(each) for each in stations)
    [start, end] = [line for line in lines if line["message"] in {"attempt started", "attempt ended"}]
    assert (start["attempt"], start["notice"]) == (end["attempt"], end["notice"])
    assert end["result"] == "delivered"
    lights = [line["state"] for line in lines if line["message"] == "command published"]
    assert lights == ["heard", "coming", "arrived", "over"]
    assert {line["level"] for line in lines} == {"info"}


def test_a_press_shows_in_the_figures_and_nobody_does(home: Home) -> None:
    home.figures()  # counting begins at the start, whoever asks first
    home.press("press-1")
    home.hook.next()
    delivered = ("anxin_attempts_total", "webhook", "delivered")
    assert clock.until(lambda: home.figures().get(delivered) == 1, SOON)
    home.press("press-1")
    known = ("anxin_ingest_messages_total", "duplicate", "")
    assert clock.until(lambda: home.figures().get(known) == 1, SOON)
    figures = home.figures()
    assert figures["anxin_ingest_messages_total", "stored", ""] == 1
    assert figures["anxin_ingest_events_total", "call_button.pressed"] == 1
    assert figures["anxin_rules_findings_total", "high", "on"] == 1
    assert figures["anxin_alerts_opened_total", "call-button", "high"] == 1
    assert figures["anxin_alerts_running", "open"] == 1
    assert figures["anxin_notices_total", "alert", "step", "sent"] == 1
    assert figures["anxin_press_to_attempt_seconds_count",] == 1
    assert figures["anxin_press_to_confirmation_seconds_count",] == 1
    assert 0 < figures["anxin_press_to_attempt_seconds_sum",] < PATIENCE
    attempted, confirmed = (
        figures[f"anxin_press_to_{end}_seconds_sum",] for end in ("attempt", "confirmation")
    )
    assert attempted <= confirmed
    for loop in ("ingest", "rules", "alerts", "delivery"):
        assert figures["anxin_loop_still_seconds", loop] < STALLED_SECONDS
        assert figures["anxin_loop_failures_total", loop] == 0
    assert figures["anxin_loop_step_seconds_count", "ingest"] >= 1
    assert figures["anxin_broker_connected",] == 1
    values = {value for _, *labels in figures for value in labels}
    assert [word for word in home.told if word in values] == []


def test_no_label_and_no_line_names_anybody_of_the_demo(tmp_path: Path) -> None:
    house = HouseProcess(tmp_path / "data", "--demo").start()
    try:
        api = house.api()
        assert clock.until(lambda: any(each["result"] for each in api.items("attempts")), SOON)
        lists = {
            name: api.items(f"{name}?limit=500") for name in ("homes", "residents", "workers", "devices")
        }
        api.close()
        answer = httpx2.get(f"{house.ready['http']}/metrics", timeout=PATIENCE).text
        assert httpx2.get(f"{house.ready['http']}/readyz", timeout=PATIENCE).json()["reasons"] == []
    finally:
        house.end()
    told = {
        str(thing[field])
        for things in lists.values()
        for thing in things
        for field in ("id", "name", "address", "phone", "external_id", "birth_date")
        if thing.get(field)
    }
    told |= {channel["address"] for worker in lists["workers"] for channel in worker["channels"]}
    assert len(told) > 300
    families = list(text_string_to_metric_families(answer))
    values = {value for family in families for each in family.samples for value in each.labels.values()}
    assert values & told == set()
    log = (tmp_path / "house.log").read_text(encoding="utf-8")
    assert "attempt ended" in log
    assert [word for word in told if word in log] == []
