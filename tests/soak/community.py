"""The community of the soak: homes with a button each, the people who answer for them, and policies that call
the second circle after seconds instead of minutes, so that a short life of the house sees that too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.wiring.demo import mark_as_invented
from tests.live.house.running import Api, may_be_paged_all_night
from tests.soak.buttons import Button
from tests.soak.judge import JOINED_AT_MOST_EVERY

ROLES = {
    "assigned": "grid_worker",
    "neighbour": "neighbour",
    "backup": "grid_worker",
    "desk": "duty_desk",
    "manager": "manager",
}
LAST_RESORT = "last_resort"
"""The telephone of whoever is told when nobody of them can be."""
OF_EACH = 6
"""Workers of each role but the desk and the manager, who are one."""

POLICY = """
format: 1
policy: {name}
title: {{zh-CN: 紧急, en: Emergency}}
steps:
  - {{after: 0s, tell: [assigned, neighbour]}}
  - {{after: 3s, tell: [backup, duty_desk]}}
  - {{after: 15s, tell: [duty_desk, manager], every: 30s,
     widen: {{after_rounds: 3, tell: [neighbouring_on_duty]}}}}
accepted: {{remind_after: 1h, again_after: 2h}}
arrived: {{remind_after: 2h, every: 1h, tell: [holder, duty_desk]}}
pressed_again: {{answer_within: 20s, arrived_counts_for: 15m, tell_at_most_every: {joined}s}}
channel_wait: 5s
extend_at_most: 30m
"""
"""A press that joins an accepted alert waits 20 s for its holder, then the steps begin anew."""


@dataclass(frozen=True, slots=True)
class Registered:
    """One home as the house knows it: what its button signs in with, and who is called at once."""

    resident_id: str
    device: Mapping[str, Any]
    first_called: frozenset[str]


def lay_out(folder: Path) -> None:
    """Make the data folder: everybody in it is invented, and its policies are the soak's."""
    may_be_paged_all_night(folder)
    mark_as_invented(folder, "soak")
    for name in ("emergency", "night-emergency"):
        text = POLICY.format(name=name, joined=int(JOINED_AT_MOST_EVERY.total_seconds()))
        (folder / "policies" / f"{name}.yaml").write_text(text, encoding="utf-8")


def enrol(api: Api, homes: int, telephones: Mapping[str, int]) -> list[Registered]:
    """Register the homes and their people over the API; ``telephones`` are ports by role."""
    workers = {
        role: [
            _worker(api, f"{role}-{number}", means, telephones[role])
            for number in range(1, 2 if role in ("desk", "manager") else OF_EACH + 1)
        ]
        for role, means in ROLES.items()
    }
    return [_home(api, number, workers) for number in range(1, homes + 1)]


def _worker(api: Api, name: str, role: str, port: int) -> str:
    channel = {"kind": "webhook", "address": f"http://127.0.0.1:{port}/{name}"}
    return str(api.post("workers", {"name": name, "role": role, "channels": [channel]})["id"])


def _home(api: Api, number: int, workers: Mapping[str, list[str]]) -> Registered:
    assigned, neighbour, backup = (
        workers[role][number % OF_EACH] for role in ("assigned", "neighbour", "backup")
    )
    home = api.post("homes", {"address": f"雪松村 {number} 号", "neighbour_id": neighbour})["id"]
    resident = api.post(
        "residents",
        {
            "name": f"居民{number}",
            "home_id": home,
            "assigned_worker_id": assigned,
            "backup_worker_id": backup,
        },
    )["id"]
    device = api.post(
        "devices",
        {
            "external_id": f"button-{number:04}",
            "ecosystem": "native",
            "type": "call_button",
            "home_id": home,
            "place": "卧室",
            "resident_id": resident,
        },
    )
    return Registered(resident, device, frozenset({assigned, neighbour}))


def button_of(home: Registered, clock: Any, address: tuple[str, int]) -> Button:
    """The button of a home, to be pressed."""
    return Button(clock, address, dict(home.device), home.resident_id)
