"""The main job with stock clients: a press on the wire reaches people, goes on until somebody has it, and
ends.

Everything here is real: the command, the broker, the database, mosquitto_pub and mosquitto_sub as the
device, an HTTP server and an SMTP server as the worker's telephone. Only time is stepped.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.live.house.registering import button, by_webhook, worker
from tests.live.house.running import Api, Hook, HouseProcess, stock_client
from tests.live.mailbox import Mailbox, started
from tests.stock_client import Hearing

pytestmark = [pytest.mark.needs_program("mosquitto_pub"), pytest.mark.needs_program("mosquitto_sub")]


@dataclass
class Community:
    """One home in a running house, with a stock client for its button."""

    house: HouseProcess
    api: Api
    hooks: dict[str, Hook]
    mailbox: Mailbox
    worker: dict[str, str]
    resident: str
    button: dict[str, Any]

    def move_to(self, local: str) -> dict[str, Any]:
        return self.api.post("clock", {"to": f"2025-07-23T{local}+08:00"}, status=200)

    def press(self, number: int) -> None:
        name = self.button["external_id"]
        said = {"id": f"press-{number}", "kind": "call_button.pressed", "data": {}}
        published = stock_client(self.button["mqtt"]).publish(f"anxin/v1/{name}/alarm", said)
        assert published.returncode == 0, published.stderr

    def does(self, who: str, action: str, **more: str) -> dict[str, Any]:
        [alert] = [each for each in self.api.items("alerts") if each["state"] != "closed"]
        return self.api.post(
            f"alerts/{alert['id']}/{action}", {"worker_id": self.worker[who], **more}, status=200
        )


CAST = {"grid": "grid_worker", "backup": "grid_worker", "neighbour": "neighbour", "desk": "duty_desk"}


@pytest.fixture
def community(tmp_path: Path) -> Iterator[Community]:
    with ExitStack() as ending:
        mailbox = Mailbox()
        mail = started(mailbox)
        ending.callback(mail.stop)
        house = HouseProcess(
            tmp_path / "data",
            *("--clock", "stepped", "--now", "2025-07-23T01:00:00+08:00"),
            env={
                "ANXIN_SMTP_HOST": "127.0.0.1",
                "ANXIN_SMTP_PORT": str(mail.port),
            },
        )
        ending.callback(house.end)
        house.start()
        api = house.api()
        ending.callback(api.close)
        hooks = {name: Hook() for name in CAST}
        for hook in hooks.values():
            ending.callback(hook.close)
        workers = {
            name: worker(
                api,
                name,
                role,
                by_webhook(hooks[name]),
                {"kind": "email", "address": f"{name}@example.invalid"},
            )
            for name, role in CAST.items()
        }
        home = api.post("homes", {"address": "雪松村 3 号", "neighbour_id": workers["neighbour"]})["id"]
        resident = api.post(
            "residents",
            {
                "name": "措姆",
                "home_id": home,
                "assigned_worker_id": workers["grid"],
                "backup_worker_id": workers["backup"],
            },
        )["id"]
        device = button(api, resident, home_id=home, place="bedroom")
        yield Community(house, api, hooks, mailbox, workers, resident, device)


def test_a_press_at_night_and_one_by_day_reach_people_until_somebody_has_them(community: Community) -> None:
    name = community.button["external_id"]
    with stock_client(community.button["mqtt"]).hearing(
        f"anxin/v1/{name}/receipt", "-t", f"anxin/v1/{name}/command"
    ) as device:
        _night(community, device)
        _day(community, device)


def heard(device: Hearing) -> tuple[str, dict[str, str]]:
    """What the device hears next: the last level of the topic, and what it says; never retained."""
    retained, topic, payload = device.next().split(" ", 2)
    assert retained == "0"
    return topic.rpartition("/")[2], json.loads(payload)


def _night(community: Community, device: Hearing) -> None:
    hooks = community.hooks
    community.move_to("02:13:00")
    community.press(1)
    assert heard(device) == ("receipt", {"id": "press-1", "result": "stored"})
    assert heard(device) == ("command", {"command": "reassure", "state": "heard"})
    first = hooks["grid"].next()
    assert (first["type"], first["specversion"]) == ("anxin.notice.v1", "1.0")
    assert first["data"]["resident"] == {"id": community.resident, "name": "措姆"}
    assert hooks["neighbour"].next()["data"]["severity"] == "high"
    done = community.move_to("02:14:59")
    assert done["now"] == "2025-07-22T18:14:59Z"
    assert hooks["backup"].kinds() == []
    assert community.move_to("02:15:00")["notices"] >= 2
    assert hooks["backup"].kinds() == ["alert"]
    assert hooks["desk"].kinds() == ["alert"]
    letters = {letter["to"]: letter for letter in community.mailbox.letters()}
    words = letters["grid@example.invalid"].get_body(("plain",))
    assert words is not None
    assert "措姆" in words.get_content()
    community.does("backup", "accept")
    assert heard(device)[1]["state"] == "coming"
    assert hooks["grid"].next()["data"]["kind"] == "stand_down"
    community.move_to("02:23:00")
    community.does("backup", "arrive")
    assert heard(device)[1]["state"] == "arrived"
    community.move_to("03:00:00")
    closed = community.does("backup", "close", outcome="hospital")
    assert (closed["state"], closed["outcome"]) == ("closed", "hospital")
    assert heard(device)[1]["state"] == "over"


def _day(community: Community, device: Hearing) -> None:
    hooks, api = community.hooks, community.api
    for hook in hooks.values():
        hook.kinds()
    community.move_to("14:00:00")
    community.press(2)
    assert heard(device)[1]["result"] == "stored"
    assert hooks["grid"].next()["data"]["kind"] == "alert"
    community.move_to("14:00:30")
    assert hooks["neighbour"].kinds() == []
    community.move_to("14:02:00")
    assert hooks["backup"].kinds() == ["alert"]
    assert hooks["neighbour"].kinds() == ["alert"]
    community.does("backup", "accept")
    community.move_to("14:09:00")
    assert hooks["desk"].kinds() == []
    # The whole chain can be read, with times and reasons.
    alert = api.items(f"alerts?resident_id={community.resident}")[-1]
    alert = api.get(f"alerts/{alert['id']}")
    [fact] = alert["facts"]
    finding = api.get(f"findings/{fact['finding_id']}")
    assert (finding["rule"], finding["at"]) == ("call", "2025-07-23T06:00:00Z")
    event = api.get(f"events/{finding['evidence']['event_ids'][0]}")
    assert (event["kind"], event["device_event_id"]) == ("call_button.pressed", "press-2")
    notices = api.items(f"notices?alert_id={alert['id']}")
    told = {notice["worker_id"]: notice for notice in notices if notice["state"] == "sent"}
    assert community.worker["grid"] in told
    not_told = [notice for notice in notices if notice["state"] == "not_sent"]
    assert {(notice["worker_id"], notice["reason"]) for notice in not_told} >= {
        (community.worker["desk"], "accepted_already")
    }
    attempts = api.items(f"attempts?alert_id={alert['id']}")
    results = {(each["channel"], each["result"]) for each in attempts}
    assert results == {("webhook", "delivered"), ("email", "accepted_unconfirmed")}
    assert all(each["started_at"] <= each["ended_at"] for each in attempts)
    assert [change["reason"] for change in alert["changes"]][:2] == ["opened", "step_due"]
    assert all(change["by"] for change in alert["changes"])
