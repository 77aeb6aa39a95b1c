"""The campaign: life after life of one house, while its buttons are pressed and its people answer, and at the
end all there is to judge by.

Every wait is for something that happens, with a limit that only a fault reaches.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random

import httpx2

from services.domain.crash_points import CrashPoint
from services.domain.instants import format_instant, parse_instant
from services.wiring.clock import SystemClock
from tests.live.house.forked import said
from tests.live.house.running import Api, environment
from tests.soak import community
from tests.soak.database import Database
from tests.soak.evidence import Evidence, Press, Rang, read_store
from tests.soak.people import People
from tests.soak.plan import BROKER, DATABASE, RANDOM, Life, lives
from tests.soak.service import Service

LIMIT = 60.0
"""Seconds for one thing to happen, e.g. a point to be passed."""
LAST_LIMIT = 150.0
"""Seconds for the last receipts and notices: a telephone that was out of order is tried again soon."""
PAUSE = (0.02, 0.12)
"""Seconds between two presses."""
LONG_PAUSE = 0.4
"""Between presses beyond the share of a life, made only so that its point is passed at last."""
LOOK = 0.25
AFTERWARDS = "afterwards"
"""The cause of presses that were made when all the killing was done."""
FINE = 200


class SoakFailed(Exception):
    """Something did not happen in time: the house hangs, does not start or does not end."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """How much there is to be done. ``trouble`` scales how often a telephone is slow or out of order."""

    presses: int
    seed: str
    kills: int
    homes: int = 60
    trouble: float = 1.0
    points: Sequence[CrashPoint] = tuple(CrashPoint)


@dataclass(slots=True)
class Outcome:
    """What came of it."""

    kills: Counter[str] = field(default_factory=Counter)
    lives: int = 0
    answers: Counter[int] = field(default_factory=Counter)
    """What the API said to the people, by status."""
    evidence: Evidence | None = None


Told = Callable[[int, int, str], None]
"""Is told how many presses and kills there were, and what the house is being killed by now."""


class Campaign:
    """One soak in one folder; `run` once."""

    def __init__(self, wishes: Wishes, folder: Path, database: Database, told: Told) -> None:
        self.outcome = Outcome()
        self._wishes = wishes
        self._folder = folder
        self._database = database
        self._told = told
        self._clock = SystemClock()
        self._dice = Random(wishes.seed)
        self._presses: list[Press] = []
        self._plan = lives(
            wishes.kills, self._dice, with_database=database.can_be_killed, points=wishes.points
        )
        self._env: dict[str, str] = {}
        self._mqtt_port = 0
        self._running: Service | None = None

    @property
    def planned_kills(self) -> int:
        return sum(life.times if life.cause in (BROKER, DATABASE) else 1 for life in self._plan)

    def run(self) -> Outcome:
        """Do all of it and collect the evidence."""
        community.lay_out(self._folder / "data")
        with ExitStack() as ending:
            ports, log = ending.enter_context(self._telephones())
            ending.callback(self._end_processes)
            last = f"http://127.0.0.1:{ports[community.LAST_RESORT]}/{community.LAST_RESORT}"
            own = {"ANXIN_SELF_WATCH_EVERY": "0", "ANXIN_PATH_CHECK_AT": ""}  # the campaign's presses alone
            self._env = {"ANXIN_LAST_RESORT": last, **own}
            homes, token = self._enrol(ports)
            ending.callback(self._end_buttons)
            self._people = People(Random(f"{self._wishes.seed} people"), token)
            self._people.start()
            ending.callback(self._people.end)
            for number, life in enumerate(self._plan):
                self._live(life, len(self._plan) - number)
            self._finish(token)
            rang = list(_read_log(log))
        self.outcome.answers = self._people.answers
        first_called = {home.resident_id: home.first_called for home in homes}
        self.outcome.evidence = Evidence(self._presses, rang, read_store(self._database.url), first_called)
        return self.outcome

    def _enrol(self, ports: dict[str, int]) -> tuple[list[community.Registered], str]:
        """The first life, in which the community is registered; the port of its broker is kept."""
        service = self._start()
        self._await(service.is_ready, "the first start")
        self._mqtt_port = int(service.ready["mqtt"].rpartition(":")[2])
        token = self._token()
        api = Api(service.http, token)
        homes = community.enrol(api, self._wishes.homes, ports)
        api.close()
        address = ("127.0.0.1", self._mqtt_port)
        self._buttons = [community.button_of(home, self._clock, address) for home in homes]
        service.kill()
        return homes, token

    # ------------------------------------------------------------------ lives

    def _live(self, life: Life, lives_left: int) -> None:
        share = max(1, (self._wishes.presses - len(self._presses)) // lives_left)
        self.outcome.lives += 1
        self._told(len(self._presses), sum(self.outcome.kills.values()), life.cause)
        if life.cause == RANDOM:
            self._live_until_an_instant(life, share)
        elif life.cause in (BROKER, DATABASE):
            self._live_through(life, share)
        else:
            self._live_until_a_point(life, share)
        self._people.house_is_at(None)

    def _live_until_a_point(self, life: Life, share: int) -> None:
        service = self._start({"ANXIN_CRASH_AT": f"{life.cause}:{life.times}"})
        self._press_while(service, life.cause, share, LIMIT)
        if not service.has_ended.is_set():
            raise SoakFailed(f"{life.cause} was not passed {life.times} times in {LIMIT:g} s")
        if service.code != -9:
            raise SoakFailed(f"the house ended with {service.code} instead of being killed")
        self.outcome.kills[life.cause] += 1

    def _live_until_an_instant(self, life: Life, share: int) -> None:
        service = self._start()
        self._press_while(service, life.cause, share, life.after.total_seconds())
        service.kill()
        self.outcome.kills[life.cause] += 1

    def _live_through(self, life: Life, share: int) -> None:
        """A life that survives the kills of what it stands on, and then ends in good order."""
        service = self._start()
        self._await(service.is_ready, "a start")
        self._people.house_is_at(service.http)
        for number in range(life.times):
            self._press_while(service, life.cause, share // life.times, 1.0)
            if life.cause == BROKER:
                self._kill_broker(service)
            else:
                self._database.kill()
            self.outcome.kills[life.cause] += 1
            self._told(len(self._presses), sum(self.outcome.kills.values()), f"{life.cause} {number + 1}")
        self._press_while(service, life.cause, 0, 1.0)
        code = service.stop()
        if code != 0:
            raise SoakFailed(f"the house ended with {code} after SIGTERM")

    def _kill_broker(self, service: Service) -> None:
        """Kill the broker, and wait until the house has started another."""
        killed = self._await_broker(service, but=None)
        os.kill(killed, signal.SIGKILL)
        self._await_broker(service, but=killed)

    def _await_broker(self, service: Service, but: int | None) -> int:
        for _ in range(int(LIMIT / LOOK)):
            pid = service.broker_pid()
            if pid not in (None, but):
                return pid
            self._pause(service, LOOK)
        raise SoakFailed("the house has no broker")

    def _press_while(self, service: Service, cause: str, share: int, seconds: float) -> None:
        """Press ``share`` times, then now and then, until the house has ended or the time is over."""
        until = self._clock.now() + timedelta(seconds=seconds)
        pressed = 0
        while not service.has_ended.is_set() and self._clock.now() < until:
            if service.is_ready.is_set() and cause != CrashPoint.AFTER_DEADLINE:  # it comes if nobody answers
                self._people.house_is_at(service.http)
            if pressed < share or service.is_ready.is_set():
                self._presses.append(self._dice.choice(self._buttons).press(cause))
                pressed += 1
            left = (until - self._clock.now()).total_seconds()
            pause = self._dice.uniform(*PAUSE) if pressed < share else LONG_PAUSE
            self._pause(service, max(0.0, min(pause, left)))

    # ------------------------------------------------------------------ the end

    def _finish(self, token: str) -> None:
        """One life without a kill, in which everything comes to its end."""
        service = self._start()
        self._await(service.is_ready, "the last start")
        self._people.house_is_at(service.http)
        for _ in range(self._wishes.presses - len(self._presses)):
            self._presses.append(self._dice.choice(self._buttons).press(AFTERWARDS))
            self._pause(service, self._dice.uniform(*PAUSE))
        self._told(len(self._presses), sum(self.outcome.kills.values()), AFTERWARDS)
        for button in self._buttons:
            if not button.wait_until_answered(LAST_LIMIT):
                break  # the judge says which press has no receipt
        with httpx2.Client(
            base_url=f"{service.http}/api/v1/", headers={"Authorization": f"Bearer {token}"}, timeout=LIMIT
        ) as api:
            self._await_delivery(service, api)
            self._people.end()
            while self._people.close_all(service.http):
                self._pause(service, LOOK)
            self._await_delivery(service, api)
        code = service.stop()
        if code != 0:
            raise SoakFailed(f"the house ended with {code} after SIGTERM")

    def _await_delivery(self, service: Service, api: httpx2.Client) -> None:
        """Wait until no notice is due that was made before now; one that stays so is the judge's."""
        asked: dict[str, str | int] = {"state": "due", "limit": 1, "until": format_instant(self._clock.now())}
        for _ in range(int(LAST_LIMIT / LOOK)):
            answer = api.get("notices", params=asked)
            if answer.status_code == FINE and not answer.json()["items"]:
                return
            self._pause(service, LOOK)

    # ------------------------------------------------------------------ below

    def _start(self, settings: dict[str, str] | None = None) -> Service:
        """Begin the next life."""
        env = {**self._env, **self._database.env, **(settings or {})}
        self._running = Service(self._folder / "data", self._mqtt_port, self._folder / "house.log", env)
        return self._running

    def _end_buttons(self) -> None:
        for button in self._buttons:
            button.end()

    def _end_processes(self) -> None:
        """Whatever went wrong, no process stays."""
        if self._running is not None:
            self._running.kill()

    def _token(self) -> str:
        words = ["token", "add", "--role", "admin", "--data-dir", str(self._folder / "data")]
        return said(words, environment(self._database.env))

    @staticmethod
    def _pause(service: Service, seconds: float) -> None:
        service.has_ended.wait(seconds)

    @staticmethod
    def _await(happened: threading.Event, what: str) -> None:
        if not happened.wait(LIMIT):
            raise SoakFailed(f"{what} took more than {LIMIT:g} s")

    @contextmanager
    def _telephones(self) -> Iterator[tuple[dict[str, int], Path]]:
        """The webhook servers in a process of their own: their ports by role, and their log."""
        log = self._folder / "rang.jsonl"
        command = ["-m", "tests.soak.telephones", self._wishes.seed, str(self._wishes.trouble), str(log)]
        with subprocess.Popen(
            [sys.executable, *command, *community.ROLES, community.LAST_RESORT],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as child:
            assert child.stdout is not None
            try:
                yield json.loads(child.stdout.readline()), log
            finally:
                assert child.stdin is not None
                child.stdin.close()  # they end with it
                child.wait(LIMIT)


def _read_log(log: Path) -> Iterator[Rang]:
    for line in log.read_text(encoding="utf-8").splitlines():
        said = json.loads(line)
        yield Rang(said["notice"], said["alert"], said["person"], said["status"], parse_instant(said["at"]))
