"""A staged night: the demo community on a clock that stands still, always at the same instant of the same
invented night. One call is unanswered, one is in hand, one heart beats too fast, some homes have a gap, the
rest is calm. Shots and the checks of the pages look at this and at nothing else; they must never change it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from services.domain.instants import format_instant
from tests.browser.saying import Said, say
from tests.live.house.registering import by_webhook
from tests.live.house.running import Api, Hook, HouseProcess

ZONE = ZoneInfo("Asia/Shanghai")
BEGINS = datetime(2025, 7, 9, 12, 0, tzinfo=ZONE)
NIGHTS = 14
PRESSED = datetime(2025, 7, 23, 2, 13, 5, tzinfo=ZONE)
NOW = datetime(2025, 7, 23, 2, 16, 20, tzinfo=ZONE)

CALLS = "03"
"""Presses in the last night, and nobody has answered yet. Numbers are those of the demo's homes."""
IS_UP = "17"
"""Left the bed and did not come back; somebody has it."""
FAST_HEART = "41"
EMPTY_BATTERY = "66"
LOW_BATTERY, NOBODY_ASSIGNED = "06", "30"
NEVER_HEARD = ("button-11", "button-55")
AWAY = "22"
SILENCED = "24"
LONG_NAME = "བསྟན་འཛིན་རྒྱ་མཚོ་ཕྱོགས་ལས་རྣམ་རྒྱལ་དཔལ་བཟང་པོ"
LONG_ADDRESS = "ཡར་ལུང་གཙང་པོའི་འགྲམ་གྱི་གྲོང་ཚོ་དང་པོའི་ཨང་བཅུ་བདུན་པའི་ཁང་པའི་ཐོག་གསུམ"
"""Of `IS_UP`: as long as a name or an address gets, with no blank in it."""
WITH_NIGHTS = (CALLS, IS_UP, FAST_HEART, "05")


class Staged:
    """One such house; `start` once, `end` once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._now = BEGINS
        self._ending = ExitStack()
        self.places: dict[str, str] = {
            "caller": self.resident(CALLS),
            "bed": f"dev_demo_bed_{CALLS}",
            "button": f"dev_demo_button_{CALLS}",
        }
        """The ids by which pages of this night are found."""

    def start(self) -> Staged:
        self._hook = Hook()
        self._ending.callback(self._hook.close)
        stepped = ("--clock", "stepped", "--now", format_instant(BEGINS))
        self._house = HouseProcess(self._folder, "--demo", "--open-mqtt", *stepped)
        self._ending.callback(self._house.end)
        self.http: str = self._house.start().ready["http"]
        self.api: Api = self._house.api()
        self._ending.callback(self.api.close)
        self._give_everybody_a_telephone()
        self._play()
        return self

    def end(self) -> None:
        """End whatever was started."""
        self._ending.close()

    @property
    def now(self) -> datetime | None:
        return self._now

    def password_of(self, login: str) -> str:
        password: str = self._house.ready["demo"]["password"]
        return password

    def resident(self, number: str) -> str:
        return f"res_demo_{number}"

    # ------------------------------------------------------------------ what happens

    def _play(self) -> None:
        self._say(Said(name, "device.online") for name in self._heard())
        for night in range(NIGHTS):
            self._a_night(night)
            if night == 2:
                self._a_call_of_long_ago()
        self._the_evening()
        self._the_rosters()
        self._someone_is_up()
        self._someone_calls()
        self._to(NOW)
        self.places["unanswered"] = self._running(CALLS)["id"]
        self.places["in_hand"] = self._running(IS_UP)["id"]
        links = self._links()
        self.places["one_tap"] = links[self.places["unanswered"]]
        self.places["one_tap_in_hand"] = links[self.places["in_hand"]]

    def _links(self) -> dict[str, str]:
        """By alert the path of the one-tap link of whoever was called first."""
        links: dict[str, str] = {}
        while not self._hook.got.empty():
            told = self._hook.next()["data"]
            links.setdefault(told["alert_id"], told["link"].removeprefix(self.http))
        return links

    def _heard(self) -> list[str]:
        """The external ids of all devices that were ever heard."""
        devices = [each["external_id"] for each in self.api.items("devices?limit=500")]
        return [each for each in devices if not each.endswith(NEVER_HEARD)]

    def _a_night(self, night: int) -> None:
        """Who has a history sleeps through a night, and it is noon again."""
        evening = BEGINS.replace(hour=21) + timedelta(days=night)
        if night == NIGHTS - 1:  # the last one is played itself
            self._to(evening)
            return
        # Told at the noon after: a claim that lies ahead would be replaced by the time of its reception.
        self._to(BEGINS + timedelta(days=night + 1))
        self._say(Said(name, "device.battery", data={"percent": 80}) for name in self._heard())
        self._say(said for each in WITH_NIGHTS for said in _slept(f"demo-bed-{each}", evening, int(each)))

    def _a_call_of_long_ago(self) -> None:
        self._say([Said(f"demo-button-{CALLS}", "call_button.pressed")])
        self._to(self._now + timedelta(seconds=40))
        self.places["long_ago"] = alert = self._running(CALLS)["id"]
        self._do(alert, "accept", "grid-1")
        self._to(self._now + timedelta(minutes=7))
        self._do(alert, "arrive", "grid-1")
        self._to(self._now + timedelta(minutes=20))
        self._do(alert, "close", "grid-1", outcome="helped", note="起身时头晕，已扶回床上，量过血压。")
        for days, service in ((5, "助洁"), (1, "代办")):
            visit = {"resident_id": self.resident(CALLS), "service": service, "worker_id": "wrk_demo_grid-1"}
            at = format_instant(self._now - timedelta(days=days, hours=2))
            self.api.post("visits", visit | {"occurred_at": at})

    def _the_rosters(self) -> None:
        """A team by turns; of whom one is on leave the next night, and one turn was swapped."""
        self.places["team"] = team = self.api.items("teams")[0]["id"]
        members = [each["id"] for each in self.api.items("workers?limit=500") if each["team_id"] == team]
        shifts = [
            {"name": "白班", "starts": "08:00", "ends": "20:00"},
            {"name": "夜班", "starts": "20:00", "ends": "08:00"},
        ]
        written = {"team_id": team, "name": "七月", "shifts": shifts, "cycle": ["白班", "夜班", "", ""]}
        members = members[:4]
        roster = self.api.post("rosters", written | {"members": members, "starts_on": "2025-07-21"})
        self.places["roster"] = roster["id"]
        turns = self.api.get(
            f"rosters/{roster['id']}/duties?since=2025-07-23T16:00:00Z&until=2025-07-25T16:00:00Z"
        )["items"]
        away = turns[1]
        ill = {"starts_at": away["starts_at"], "ends_at": away["ends_at"], "reason": "发烧"}
        self.api.post("leaves", ill | {"worker_id": away["worker_id"]})
        other = turns[-1]
        free = next(each for each in members if each not in {turn["worker_id"] for turn in turns[1:]})
        swapped = {key: other[key] for key in ("roster_id", "day", "worker_id")}
        self.api.post("swaps", swapped | {"instead_id": free, "reason": "换班"})

    def _the_evening(self) -> None:
        self.api.post(
            "events",
            {
                "kind": "resident.away",
                "resident_id": self.resident(AWAY),
                "data": {"reason": "住院", "until": format_instant(self._now + timedelta(days=6))},
            },
        )
        self.places["silenced"] = self.resident(SILENCED)
        until = format_instant(NOW + timedelta(hours=4))
        silence = {"resident_id": self.resident(SILENCED), "reason": "女儿今晚陪床", "until": until}
        self.api.post("silences", silence)
        new = {"external_id": "smoke-0217", "type": "smoke_detector", "place": "客厅"}
        new["resident_id"] = self.resident(CALLS)
        self.places["never_heard"] = self.api.post("devices", new)["id"]
        self._change(f"residents/{self.resident(NOBODY_ASSIGNED)}", assigned_worker_id=None)
        self._change(f"residents/{self.resident(IS_UP)}", name=LONG_NAME)
        self._change(f"homes/home_demo_{IS_UP}", address=LONG_ADDRESS)
        self._say([Said(f"demo-button-{LOW_BATTERY}", "device.battery", data={"percent": 14})])
        self._say([Said(f"demo-button-{EMPTY_BATTERY}", "device.battery", data={"percent": 5})])
        self._the_desk_changes_hands()
        self._say(Said(f"demo-bed-{each}", "bed.entered") for each in WITH_NIGHTS)
        for minutes in range(0, 60, 5):
            beats = {"heart_rate": 112 + minutes % 7, "respiration_rate": 19, "movement": 0.2}
            self._say([Said(f"demo-bed-{FAST_HEART}", "bed.vitals", data=beats)])
            self._to(self._now + timedelta(minutes=5))

    def _the_desk_changes_hands(self) -> None:
        sit = {each["role"]: each["id"] for each in self.api.items("workers?limit=500")}
        giver, taker = sit["manager"], sit["duty_desk"]
        said = {"from_worker_id": giver, "worker_id": taker, "note": "钥匙箱密码换了。"}
        self.api.post("handovers", said)
        note = "三号楼门禁今晚坏了，去的人走东门。物业的值班电话贴在钥匙箱上，门卫十一点换人，已经打过招呼。"
        self.api.post("handover-notes", {"text": note})

    def _someone_is_up(self) -> None:
        self._to(PRESSED - timedelta(minutes=28))
        self._say([Said(f"demo-bed-{IS_UP}", "bed.exited")])
        self._to(PRESSED - timedelta(minutes=6))
        self._do(self._running(IS_UP)["id"], "accept", "grid-2")

    def _someone_calls(self) -> None:
        for minutes, kind in ((95, "exited"), (90, "entered"), (31, "exited"), (22, "entered")):
            self._say([Said(f"demo-bed-{CALLS}", f"bed.{kind}", PRESSED - timedelta(minutes=minutes))])
        self._to(PRESSED)
        self._say([Said(f"demo-bed-{CALLS}", "bed.exited", PRESSED - timedelta(minutes=2))])
        self._say([Said(f"demo-button-{CALLS}", "call_button.pressed")])

    # ------------------------------------------------------------------ how it is made to happen

    def _give_everybody_a_telephone(self) -> None:
        for worker in self.api.items("workers?limit=500"):
            self._change(f"workers/{worker['id']}", channels=[by_webhook(self._hook)])

    def _say(self, said: Iterator[Said] | list[Said]) -> None:
        say(self._house.ready["mqtt"], said)

    def _to(self, instant: datetime) -> None:
        self.api.post("clock", {"to": format_instant(instant)}, status=200)
        self._now = instant

    def _do(self, alert_id: str, action: str, worker: str, **more: str) -> None:
        body = {"worker_id": f"wrk_demo_{worker}", **more}
        self.api.post(f"alerts/{alert_id}/{action}", body, status=200)

    def _change(self, path: str, **fields: object) -> None:
        self.api.patch(path, fields)

    def _running(self, number: str) -> dict[str, Any]:
        alerts = self.api.items(f"alerts?resident_id={self.resident(number)}&state=running")
        assert len(alerts) == 1, (number, alerts)
        return alerts[0]


def _slept(bed: str, evening: datetime, number: int) -> Iterator[Said]:
    """One night in bed with a trip or two, never the same and always as it was played before."""
    odd = (evening.day * 7 + number * 3) % 45
    yield Said(bed, "bed.entered", evening + timedelta(minutes=15 + odd))
    for hours in (3, 6) if odd % 2 else (4,):
        out = evening + timedelta(hours=hours, minutes=odd)
        yield Said(bed, "bed.exited", out)
        yield Said(bed, "bed.entered", out + timedelta(minutes=4 + odd % 9))
    yield Said(bed, "bed.exited", evening + timedelta(hours=9, minutes=30 + odd))
    if odd % 3 == 0:
        yield Said(bed, "bed.entered", evening + timedelta(hours=13, minutes=odd))
        yield Said(bed, "bed.exited", evening + timedelta(hours=13, minutes=50 + odd))
