"""The village: a running house in real time with few invented people, for what happens within seconds. It is
made over the API as an administrator makes one, and every login has the same password.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.browser.saying import Said, say
from tests.live.house.registering import by_webhook
from tests.live.house.running import Api, Hook, HouseProcess, may_be_paged_all_night

PASSWORD = "a-night-in-july"
ROLES = {
    "desk": ("值班台甲", "duty_desk"),
    "grid": ("措姆·央金", "grid_worker"),
    "backup": ("边久·平措", "grid_worker"),
    "neighbour": ("贡布·曲珍", "neighbour"),
    "tech": ("技术员晋美", "technician"),
    "manager": ("主任雍措", "manager"),
    "admin": ("", "admin"),
}
"""Login, name, role. The logins are called as those of the demo."""
NEAR, OTHER_GRID = "白玛罗追", "德央达瓦"
"""Whom the login `grid` looks after, and somebody of another grid."""


@dataclass
class Village:
    """One house with its people; `start` once, `end` once."""

    folder: Path
    http: str = ""
    mqtt: str = ""
    workers: dict[str, str] = field(default_factory=dict)
    residents: dict[str, str] = field(default_factory=dict)
    homes: dict[str, str] = field(default_factory=dict)
    now: datetime | None = None
    _is_up: bool = False
    _ending: ExitStack = field(default_factory=ExitStack, repr=False)

    def start(self) -> Village:
        may_be_paged_all_night(self.folder)
        self.hook = Hook()
        self._ending.callback(self.hook.close)
        self._go_up()
        self.api: Api = self._house.api()
        self._ending.callback(self.api.close)
        self._settle()
        return self

    def password_of(self, login: str) -> str:
        return PASSWORD

    def press(self, name: str = NEAR) -> None:
        """Somebody presses their call button."""
        self.says(Said(self.button(name), "call_button.pressed"))

    def says(self, *said: Said) -> None:
        say(self.mqtt, said)

    def button(self, name: str) -> str:
        return f"button-{self.residents[name]}"

    def bed(self, name: str) -> str:
        return f"bed-{self.residents[name]}"

    def link(self, name: str = NEAR) -> str:
        """The page of somebody's running alert, once a notice rang for it."""
        return f"{self.http}/alerts/{self._rings(name)['alert_id']}"

    def one_tap(self, name: str = NEAR) -> str:
        """Where the notice leads that rings for somebody's running alert, without signing in."""
        return str(self._rings(name)["link"])

    def _rings(self, name: str) -> dict[str, Any]:
        while True:
            told = self.hook.next()["data"]
            if (
                told["resident"]["name"] == name
                and told["kind"] == "alert"
                and self._still_runs(told["alert_id"])
            ):
                return dict(told)

    def _still_runs(self, alert_id: str) -> bool:
        state: str = self.api.get(f"alerts/{alert_id}")["state"]
        return state != "closed"

    def running(self, name: str = NEAR) -> dict[str, Any]:
        """The running alert about somebody."""
        alerts = self.api.items(f"alerts?resident_id={self.residents[name]}&state=running")
        assert len(alerts) == 1, alerts
        return alerts[0]

    def calm(self) -> None:
        """Whatever still runs is closed by the administrator, so that the next test finds quiet; a service
        that a test left stopped is started.
        """
        if not self._is_up:
            self.start_again()
        for alert in self.api.items("alerts?state=running"):
            body = {"outcome": "test", "worker_id": self.workers["manager"]}
            self.api.post(f"alerts/{alert['id']}/close", body, status=200)
        self.hook.kinds()

    def stop(self) -> None:
        """The service stops; what it keeps stays."""
        self._is_up = False
        assert self._house.end() == 0

    def start_again(self) -> None:
        """The service is back at the same address."""
        self._go_up("--http-port", self.http.rpartition(":")[2], "--mqtt-port", self.mqtt.rpartition(":")[2])

    def end(self) -> None:
        """End whatever was started."""
        self._ending.close()

    def _go_up(self, *ports: str) -> None:
        self._house = HouseProcess(self.folder, "--open-mqtt", *ports)
        self._ending.callback(self._house.end)
        ready = self._house.start().ready
        self.http, self.mqtt = ready["http"], ready["mqtt"]
        self._is_up = True

    def _settle(self) -> None:
        post = self.api.post
        team = post("teams", {"name": "东片护理队"})["id"]
        grids = [post("grids", {"name": name, "team_id": team})["id"] for name in ("雪松网格", "河湾网格")]
        for login, (name, role) in ROLES.items():
            user = {"username": login, "role": role, "password": PASSWORD}
            if name:
                worker = {"name": name, "role": role, "team_id": team, "channels": [by_webhook(self.hook)]}
                if login == "grid":
                    worker["grid_ids"] = grids[:1]
                self.workers[login] = user["worker_id"] = post("workers", worker)["id"]
            post("users", user)
        self._house_of(NEAR, grids[0], "grid", "雪松村3号")
        self._house_of(OTHER_GRID, grids[1], "backup", "河湾村8号")

    def _house_of(self, name: str, grid_id: str, assigned: str, address: str) -> None:
        home = {
            "address": address,
            "grid_id": grid_id,
            "neighbour_id": self.workers["neighbour"],
            "key_place": "门框上方",
            "phone": "0894-5550123",
            "places": ["卧室", "卫生间"],
        }
        self.homes[name] = self.api.post("homes", home)["id"]
        resident = {
            "name": name,
            "home_id": self.homes[name],
            "birth_date": "1947-03-09",
            "tags": ["独居", "高龄"],
            "assigned_worker_id": self.workers[assigned],
            "backup_worker_id": self.workers["backup"],
        }
        self.residents[name] = self.api.post("residents", resident)["id"]
        for external_id, type_ in ((self.button(name), "call_button"), (self.bed(name), "bed_sensor")):
            device = {"external_id": external_id, "type": type_, "place": "卧室"}
            self.api.post("devices", device | {"resident_id": self.residents[name]})
        self.says(*(Said(device, "device.online") for device in (self.button(name), self.bed(name))))
