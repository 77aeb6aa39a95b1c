"""The stage of a story: the product's own rooms and API on a standing clock, with channels that only record.

A story says what happens in local time and then what each person received, and what they did not. `story`
plays it twice, once straight through and once with every room built anew from the database before each
sentence, and both must leave the very same chronicle.
"""

from __future__ import annotations

import functools
import itertools
import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from services.console.app import make_app
from services.console.parts import Console
from services.domain.access import AccessToken, hash_of
from services.domain.crash_points import CrashPoint
from services.domain.instants import format_instant, parse_span
from services.domain.notices import Notice
from services.domain.people import ChannelKind, Role
from services.domain.stepping import advance, settle
from services.escalation.gathering import Gathering
from services.escalation.policies import Policies
from services.escalation.policy_files import read_policies
from services.escalation.scene import House
from services.ingest.messages import Inbox, Message
from services.wiring.clock import SteppedClock
from services.wiring.console_parts import rulebooks_in
from services.wiring.rooms import Manner, Outside, Rooms, build_rooms
from services.wiring.shipped import shipped
from tests.clients import Client
from tests.stores import sqlite_store
from tests.stories.answering import LINK_KEY, MESSENGER, Answers
from tests.stories.changing_rules import ZONE, ChangesRules, local_instant
from tests.stories.desk import SitsAtTheDesk
from tests.stories.keeping_rosters import KeepsRosters
from tests.stories.outside import CAST, Letterbox, NoBroker, Telephones
from tests.stories.silencing import Silences

TOKEN = "the stage's own"


class Stage(ChangesRules, KeepsRosters, Silences, SitsAtTheDesk, Answers):
    """One home, those who answer for it, and a clock that stands until the story moves it."""

    def __init__(
        self,
        folder: Path,
        start: str,
        rulebooks: Mapping[str, str] | None,
        *,
        rebuilt: bool,
        policies: Mapping[str, str] | None = None,
    ) -> None:
        folder.mkdir()
        self._policy_texts = {**shipped("policies"), **(policies or {})}
        self._rebuilt = rebuilt
        self._clock = SteppedClock(local_instant(start))
        self._store = sqlite_store(folder)
        self._texts = shipped("rulebooks") if rulebooks is None else rulebooks
        self._telephones = Telephones()
        self._letterbox = Letterbox()
        self._ids = itertools.count(1)
        self._presses = itertools.count(1)
        self._heard = 0
        self.passed: set[CrashPoint] = set()
        with self._store.writing() as unit:
            for name, token, role in (("stage", TOKEN, Role.ADMIN), ("brings", MESSENGER, Role.MESSENGER)):
                unit.access.add_token(AccessToken(f"tok_{name}", hash_of(token), role, self._clock.now()))
        self._rooms: Rooms
        self._api: TestClient
        self._build()
        self._enrol()
        settle(list(self._rooms.by_name().values()))

    def close(self) -> None:
        self._api.close()
        self._store.close()

    # ------------------------------------------------------------------ what happens

    def at(self, wall: str) -> Stage:
        """Move to the next instant at which the local clock shows ``wall``."""
        self._begin()
        now = self._clock.now().astimezone(ZONE)
        parts = [int(part) for part in wall.split(":")] + [0]
        there = now.replace(hour=parts[0], minute=parts[1], second=parts[2], microsecond=0)
        return self._move_to(there if there >= now else there + timedelta(days=1))

    def day(self, local: str) -> Stage:
        """Move to a local instant, e.g. ``2025-07-25 07:00``."""
        self._begin()
        return self._move_to(local_instant(local))

    def after(self, span: str) -> Stage:
        self._begin()
        return self._move_to(self._clock.now() + parse_span(span))

    def press(self, device: str = "button") -> None:
        self._say(device, "call_button.pressed", "alarm")

    def opens_window(self, worker: str, minutes: int = 5) -> None:
        """A technician means to test the call button, and names who is to be told."""
        self._begin()
        body = {"worker_id": self._worker[worker], "minutes": minutes}
        self._post(f"devices/{self._device['button']}/test-window", body)
        self._settle()

    def button(self) -> dict[str, Any]:
        return self._get(f"devices/{self._device['button']}")

    def leaves_bed(self) -> None:
        self._say("bed", "bed.exited", "event")

    def enters_bed(self) -> None:
        self._say("bed", "bed.entered", "event")

    def visit(self) -> None:
        self._begin()
        self._post(
            "visits",
            {"resident_id": self._resident, "service": "助餐", "worker_id": self._worker["assigned"]},
        )
        self._settle()

    def does(self, who: str, action: str, **more: str) -> None:
        """Somebody of the cast does something about the one running alert."""
        self._act(action, {"worker_id": self._worker[who], **more})

    def _running(self) -> str:
        running = self._perhaps_running()
        assert running is not None
        return running

    def _perhaps_running(self) -> str | None:
        return next((str(each["id"]) for each in self.alerts() if each["state"] != "closed"), None)

    def _try(self, path: str, body: Mapping[str, object]) -> None:
        answer = self._api.post(f"/api/v1/{path}", json=dict(body))
        assert answer.status_code < 500, answer.text

    def refuses(self, who: str) -> None:
        self._telephones.out_of_order.add(f"https://example.invalid/{who}")

    def answers_again(self, who: str) -> None:
        self._telephones.out_of_order.discard(f"https://example.invalid/{who}")

    # ------------------------------------------------------------------ what came of it

    def told(self) -> list[str]:
        """Who was told since this was last asked: local time, who, and what unless it is the alert itself."""
        new = self._telephones.rang[self._heard :]
        self._heard = len(self._telephones.rang)
        lines = []
        for at, address, kind in new:
            what = "" if kind == "alert" else f": {kind}"
            lines.append(f"{at.astimezone(ZONE):%H:%M} {address.rpartition('/')[2]}{what}")
        return sorted(lines)

    def not_told(self, reason: str) -> list[str]:
        """Who was not told for a reason, by name."""
        names = {worker: name for name, worker in self._worker.items()}
        notices = [
            notice
            for notice in self._all("notices")
            if notice["reason"] == reason and notice["state"] in ("not_sent", "failed")
        ]
        return sorted(names.get(notice["worker_id"], "–") for notice in notices)

    def alerts(self) -> list[dict[str, Any]]:
        return self._all("alerts")

    def alert(self) -> dict[str, Any]:
        """The newest alert, whole."""
        return self._get(f"alerts/{self.alerts()[-1]['id']}")

    def state(self) -> str:
        return str(self.alert()["state"])

    def reasons(self) -> list[str]:
        """Why the newest alert moved, in order."""
        return [change["reason"] for change in self.alert()["changes"]]

    def notices(self) -> list[Notice]:
        """All of them, as they are stored."""
        with self._store.reading() as unit:
            found = [each for alert in self.alerts() for each in unit.notices.of_alert(alert["id"])]
        return sorted(found, key=lambda notice: notice.number)

    def instant(self) -> str:
        """The present, as the API writes it."""
        return format_instant(self._clock.now())

    def findings(self) -> list[dict[str, Any]]:
        return self._all("findings")

    def reassured(self) -> list[str]:
        """What the call button's light or voice was told to say, in order, without repetitions."""
        said = [body["state"] for topic, body in self._letterbox.published if topic.endswith("/command")]
        return [state for state, _ in itertools.groupby(said)]

    def chronicle(self) -> list[object]:
        """Everything that came of the story, for holding two tellings of it against each other."""
        whole = [self._get(f"alerts/{alert['id']}") for alert in self.alerts()]
        named = ("events", "findings", "notices", "attempts", "silences", "audit")
        lists = [self._all(name) for name in named]
        return [whole, *lists, self._telephones.rang, self._letterbox.published]

    # ------------------------------------------------------------------ below the stage

    def _build(self) -> None:
        policies = policies_of(tuple(self._policy_texts.items()))
        gathering = Gathering(House(timezone=ZONE, link_key=LINK_KEY), lambda: policies)
        self._rooms = build_rooms(
            self._store,
            self._clock,
            Outside(self._inbox(), self._letterbox, {ChannelKind.WEBHOOK: self._telephones}),
            lambda: self._texts,
            gathering,
            manner=self._manner(),
        )
        console = Console(
            store=self._store,
            clock=self._clock,
            new_id=lambda prefix: f"{prefix}-{next(self._ids)}",
            device_credentials=NoBroker(),
            gathering=gathering,
            waiter=lambda _seconds: False,
            rules=rulebooks_in(self._store),
        )
        self._api = Client(make_app(console), headers={"Authorization": f"Bearer {TOKEN}"})

    def _inbox(self) -> Inbox:
        """What ingest takes messages from."""
        return self._letterbox

    def _manner(self) -> Manner:
        return Manner(reached=self.passed.add)

    def _begin(self) -> None:
        """A new sentence of the story; in the second telling, the house was down since the last one."""
        if self._rebuilt:
            self._api.close()
            self._build()

    def _move_to(self, instant: datetime) -> Stage:
        advance(self._clock, list(self._rooms.by_name().values()), instant)
        return self

    def _settle(self) -> None:
        settle(list(self._rooms.by_name().values()))

    def _say(self, device: str, kind: str, topic: str) -> None:
        self._begin()
        body = {"id": f"{device}-{next(self._presses)}", "kind": kind, "data": {}}
        message = Message(f"anxin/v1/{device}/{topic}", json.dumps(body).encode(), self._clock.now())
        self._letterbox.waiting.append(message)
        self._settle()

    def _enrol(self) -> None:
        team = self._post("teams", {"name": "east"})["id"]
        self._team = team
        far = self._post("teams", {"name": "west"})["id"]
        next_grid = self._post("grids", {"name": "next", "team_id": far})["id"]
        grid = self._post("grids", {"name": "ours", "team_id": team, "neighbouring_ids": [next_grid]})["id"]
        teams = {"caregiver": team, "nextdoor": far}
        self._worker = {
            name: self._post(
                "workers",
                {
                    "name": name,
                    "role": role,
                    "team_id": teams.get(name),
                    "channels": [{"kind": "webhook", "address": f"https://example.invalid/{name}"}],
                },
            )["id"]
            for name, role in CAST.items()
        }
        home = self._post(
            "homes", {"address": "1", "grid_id": grid, "neighbour_id": self._worker["neighbour"]}
        )["id"]
        self._resident = self._post(
            "residents",
            {
                "name": "措姆",
                "home_id": home,
                "assigned_worker_id": self._worker["assigned"],
                "backup_worker_id": self._worker["backup"],
            },
        )["id"]
        self._home = home
        self._device = {
            name: self._register(name, kind)
            for name, kind in (("button", "call_button"), ("bed", "bed_sensor"))
        }

    def _register(self, name: str, kind: str) -> str:
        device = self._post(
            "devices",
            {
                "external_id": name,
                "ecosystem": "native",
                "type": kind,
                "home_id": self._home,
                "place": "bedroom",
                "resident_id": self._resident,
            },
        )
        return str(device["id"])

    def _post(self, path: str, body: Mapping[str, object], status: int = 201) -> dict[str, Any]:
        answer = self._api.post(f"/api/v1/{path}", json=dict(body))
        assert answer.status_code == status, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def _patch(self, path: str, body: Mapping[str, object]) -> None:
        answer = self._api.patch(f"/api/v1/{path}", json=dict(body))
        assert answer.status_code == 200, answer.text

    def _get(self, path: str) -> dict[str, Any]:
        answer = self._api.get(f"/api/v1/{path}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def _all(self, path: str) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = []
        after = "0"
        while True:
            page = self._get(f"{path}?limit=500&after={after}")
            items += page["items"]
            if page["next"] is None:
                return items
            after = page["next"]


@functools.cache
def policies_of(texts: tuple[tuple[str, str], ...]) -> Policies:
    """The policies in these files; read once, however often a house is built with them."""
    policies, faults = read_policies(dict(texts))
    assert not faults
    return policies


def story(
    start: str, rulebooks: Mapping[str, str] | None = None, policies: Mapping[str, str] | None = None
) -> Callable[[Callable[[Stage], None]], Callable[[Path], None]]:
    """Make a story into a test: told straight through and told with a restart before each sentence, both the
    same.
    """

    def made(tell: Callable[[Stage], None]) -> Callable[[Path], None]:
        @functools.wraps(tell)
        def test(tmp_path: Path) -> None:
            chronicles = []
            for name, rebuilt in (("straight", False), ("rebuilt", True)):
                stage = Stage(tmp_path / name, start, rulebooks, rebuilt=rebuilt, policies=policies)
                try:
                    tell(stage)
                    chronicles.append(stage.chronicle())
                finally:
                    stage.close()
            assert chronicles[0] == chronicles[1]

        del test.__wrapped__  # pytest would ask for the story's own argument
        return test

    return made
