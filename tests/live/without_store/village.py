"""One home in a real house whose store can be taken away: the command, its broker, a database, webhooks as
telephones and Debian's MQTT clients as the button. Time is the machine's; the second step is due early.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx2

from services.domain.instants import parse_instant
from services.wiring.shipped import shipped
from tests.live.house.registering import button, by_webhook, worker
from tests.live.house.running import Api, Hook, HouseProcess, may_be_paged_all_night, stock_client, until
from tests.stock_client import Hearing

WITHIN = 10.0
"""Seconds in which a person must have heard of a press."""
STEP_TWO_AFTER = 25
PATIENCE = 40.0
CAST = {"grid": "grid_worker", "backup": "grid_worker", "desk": "duty_desk"}


@dataclass
class Village:
    house: HouseProcess
    api: Api
    hooks: dict[str, Hook]
    worker: dict[str, str]
    resident: str
    button: dict[str, Any]

    def press(self, own_id: str) -> None:
        """A press of a device that says more than it must: it needs pages of its own in a database."""
        said = {"kind": "call_button.pressed", "id": own_id, "data": {"log": "x" * 20_000}}
        self.publish("alarm", said)

    def publish(self, last: str, said: str | dict[str, Any]) -> None:
        topic = f"anxin/v1/{self.button['external_id']}/{last}"
        published = stock_client(self.button["mqtt"]).publish(topic, said)
        assert published.returncode == 0, published.stderr

    @contextmanager
    def listening(self) -> Iterator[Hearing]:
        """The button, as it listens to what the house says to it."""
        name = self.button["external_id"]
        at = stock_client(self.button["mqtt"])
        with at.hearing(f"anxin/v1/{name}/receipt", "-t", f"anxin/v1/{name}/command") as hearing:
            yield hearing

    def hears(self, who: str, seconds: float = WITHIN) -> dict[str, Any]:
        """What somebody is told next, in time."""
        told: dict[str, Any] = self.hooks[who].got.get(timeout=seconds)[1]["data"]
        return told

    def readiness(self) -> tuple[int, list[str]]:
        answer = httpx2.get(f"{self.house.ready['http']}/readyz", timeout=PATIENCE)
        return answer.status_code, list(answer.json()["reasons"])

    def is_ready(self) -> bool:
        return self.readiness()[0] == 200

    def says(self, words: str) -> bool:
        return any(words in reason for reason in self.readiness()[1])

    def waited_for(self) -> int:
        """How long the first alarm has waited to be stored, in seconds, as readiness says."""
        said = (re.search(r"the first for (\d+) s", reason) for reason in self.readiness()[1])
        return max((int(match[1]) for match in said if match), default=0)

    def presses(self) -> list[dict[str, Any]]:
        return self.api.items("events?kind=call_button.pressed")

    def the_only_alert(self) -> dict[str, Any]:
        [alert] = self.api.items("alerts")
        return self.api.get(f"alerts/{alert['id']}")

    def delivered(self, alert_id: str) -> dict[str, list[dict[str, Any]]]:
        """The delivered attempts of an alert by notice."""
        found: dict[str, list[dict[str, Any]]] = {}
        for attempt in self.api.items(f"attempts?alert_id={alert_id}"):
            if attempt["result"] == "delivered":
                found.setdefault(attempt["notice_id"], []).append(attempt)
        return found


@contextmanager
def village(folder: Path, env: Mapping[str, str]) -> Iterator[Village]:
    with ExitStack() as ending:
        data = folder / "data"
        may_be_paged_all_night(data)
        _lay_out_policies(data / "policies")
        house = HouseProcess(data, env=env)
        ending.callback(house.end)
        house.start()
        api = house.api()
        ending.callback(api.close)
        hooks = {name: Hook() for name in CAST}
        for hook in hooks.values():
            ending.callback(hook.close)
        workers = {name: worker(api, name, role, by_webhook(hooks[name])) for name, role in CAST.items()}
        home = api.post("homes", {"address": "雪松村 3 号"})["id"]
        resident = api.post(
            "residents",
            {
                "name": "措姆",
                "home_id": home,
                "assigned_worker_id": workers["grid"],
                "backup_worker_id": workers["backup"],
            },
        )["id"]
        device = button(api, resident, home_id=home)
        # What was registered is in the snapshot with the next renewal; the first was taken at the start.
        house.end()
        house.start()
        again = Api(house.ready["http"], house.token())
        ending.callback(again.close)
        device["mqtt"]["url"] = house.ready["mqtt"]
        here = Village(house, again, hooks, workers, resident, device)
        until(here.is_ready)
        yield here


def seconds_between(earlier: str, later: str) -> float:
    def at(said: str) -> datetime:
        return parse_instant(said)

    return (at(later) - at(earlier)).total_seconds()


def _lay_out_policies(folder: Path) -> None:
    """By day and by night alike: the assigned worker, soon the backup, and the desk when all is over."""
    for name in shipped("policies"):
        stem = name.removesuffix(".yaml")
        if stem.endswith("emergency"):
            (folder / name).write_text(json.dumps(_EMERGENCY | {"policy": stem}), encoding="utf-8")


_EMERGENCY = {
    "format": 1,
    "steps": [
        {"after": "0s", "tell": ["assigned"]},
        {"after": f"{STEP_TWO_AFTER}s", "tell": ["backup"]},
        {
            "after": "10m",
            "tell": ["duty_desk", "manager"],
            "every": "5m",
            "widen": {"after_rounds": 3, "tell": ["neighbouring_on_duty"]},
        },
    ],
    "accepted": {"remind_after": "10m", "again_after": "20m"},
    "arrived": {"remind_after": "2h", "every": "1h", "tell": ["holder", "duty_desk"]},
    "pressed_again": {"answer_within": "2m", "arrived_counts_for": "15m", "tell_at_most_every": "1m"},
    "channel_wait": "5s",
    "extend_at_most": "30m",
}
