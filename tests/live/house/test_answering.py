"""Answering without signing in, over the wire: a press rings at a webhook, its link is opened and tapped by a
stock HTTP client, the house is started anew, and a gateway's form brings a digit.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest

from tests.browser.saying import Said, say
from tests.live.house.registering import button, by_webhook, worker
from tests.live.house.running import Api, Hook, HouseProcess, may_be_paged_all_night

BUTTON = "button-0417"


@dataclass
class Home:
    """A house with one elder, and the two who are called to her."""

    house: HouseProcess
    hooks: dict[str, Hook]
    workers: dict[str, str]
    token: str
    client: httpx2.Client

    @property
    def http(self) -> str:
        return str(self.house.ready["http"])

    def press(self) -> dict[str, Any]:
        """She presses; what rings at the grid worker's."""
        say(self.house.ready["mqtt"], [Said(BUTTON, "call_button.pressed")])
        told: dict[str, Any] = self.hooks["grid"].next()["data"]
        return told

    def get(self, path: str) -> dict[str, Any]:
        api = Api(self.http, self.token)
        try:
            return api.get(path)
        finally:
            api.close()

    def alert(self, alert_id: str) -> dict[str, Any]:
        return self.get(f"alerts/{alert_id}")

    def start_again(self) -> None:
        self.house.end()
        self.house.start()


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with ExitStack() as ending:
        may_be_paged_all_night(tmp_path / "data")
        house = HouseProcess(tmp_path / "data", "--open-mqtt")
        ending.callback(house.end)
        house.start()
        hooks = {name: Hook() for name in ("grid", "backup")}
        for hook in hooks.values():
            ending.callback(hook.close)
        token = house.token()
        api = Api(house.ready["http"], token)
        workers = {name: worker(api, name, "grid_worker", by_webhook(hook)) for name, hook in hooks.items()}
        _register(api, workers)
        api.close()
        client = httpx2.Client(timeout=30)
        ending.callback(client.close)
        yield Home(house, hooks, workers, token, client)


def _register(api: Api, workers: dict[str, str]) -> None:
    place = api.post("homes", {"address": "雪松村 3 号", "key_place": "门框上方"})["id"]
    elder = {
        "name": "措姆",
        "home_id": place,
        "assigned_worker_id": workers["grid"],
        "backup_worker_id": workers["backup"],
    }
    button(api, api.post("residents", elder)["id"], BUTTON, home_id=place, place="bedroom")


def test_a_night_is_answered_by_a_tap_and_by_digits_over_a_restart(home: Home) -> None:
    told = home.press()
    link = told["link"]
    assert link.startswith(f"{home.http}/a/")
    assert link in told["text"]
    for _ in range(3):  # what makes a preview
        seen = home.client.get(link, headers={"User-Agent": "facebookexternalhit/1.1"})
        assert (seen.status_code, "措姆" in seen.text, "门框上方" in seen.text) == (200, True, False)
    assert home.client.head(link).status_code == 405
    assert home.alert(told["alert_id"])["state"] == "open"
    home.start_again()
    _taps(home, told, f"{home.http}{urlsplit(link).path}")
    _replies(home, told)


def _taps(home: Home, told: dict[str, Any], link: str) -> None:
    said = {"alert": told["alert_id"], "action": "accept"}
    foreign = home.client.post(link, data=said, headers={"Origin": "https://evil.example"})
    assert foreign.status_code == 403
    taken = home.client.post(link, data=said, headers={"Origin": home.http})
    assert (taken.status_code, "门框上方" in taken.text) == (200, True)
    alert = home.alert(told["alert_id"])
    assert (alert["state"], alert["accepted_by"]) == ("accepted", home.workers["grid"])
    assert home.get("audit?action=alert.unfolded")["items"]


def _replies(home: Home, told: dict[str, Any]) -> None:
    """A gateway's form brings digits; each is answered once, however often it is brought."""
    known = {"Authorization": f"Bearer {home.house.token('messenger')}"}

    def brings(message_id: str, text: str) -> str:
        form = {"id": message_id, "channel": "webhook", "from": home.hooks["grid"].address, "text": text}
        brought = home.client.post(f"{home.http}/api/v1/replies", data=form, headers=known)
        assert brought.status_code == 201, brought.text
        return str(brought.json()["result"])

    assert [brings("sms-1", f"2 {told['code']}") for _ in range(3)] == ["arrived"] * 3
    answer = home.hooks["grid"].next()["data"]
    assert (answer["kind"], answer["alert_id"]) == ("answer", told["alert_id"])
    assert brings("sms-2", "31") == "closed"
    assert "措姆" in home.hooks["grid"].next()["data"]["short"]
    assert home.hooks["grid"].got.empty()
    assert home.alert(told["alert_id"])["outcome"] == "helped"


def test_of_two_who_tap_at_once_one_has_it_and_the_other_hears_who(home: Home) -> None:
    told = home.press()
    alert_id = told["alert_id"]
    declined = home.client.post(told["link"], data={"alert": alert_id, "action": "decline"})
    assert declined.status_code == 200
    links = {"grid": told["link"], "backup": home.hooks["backup"].next()["data"]["link"]}
    said = {"alert": alert_id, "action": "accept"}
    with ThreadPoolExecutor() as pool:
        tapped = {who: pool.submit(httpx2.post, link, data=said, timeout=30) for who, link in links.items()}
    pages = {who: each.result() for who, each in tapped.items()}
    assert sorted(page.status_code for page in pages.values()) == [200, 409]
    first, second = sorted(pages, key=lambda who: pages[who].status_code)
    assert home.alert(alert_id)["accepted_by"] == home.workers[first]
    assert "门框上方" in pages[first].text
    assert ("您不用去" in pages[second].text, "门框上方" in pages[second].text) == (True, False)
    assert home.hooks[second].next()["data"]["kind"] == "stand_down"
