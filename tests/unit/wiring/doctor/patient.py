"""An installation that is well, on a real store in a folder of its own; a test makes it ill."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from services.domain.devices import Device, DeviceState, DeviceType, Ecosystem
from services.domain.events import Event, Origin
from services.domain.homes import Home
from services.domain.people import Channel, ChannelKind, Resident, Role, Shift, Team, User, Worker
from services.domain.ports import Store, UnitOfWork
from services.wiring.broker_credentials import BrokerCredentials
from services.wiring.clock import stopwatch
from services.wiring.doctor.examination import examine
from services.wiring.doctor.judgement import Judgement, State
from services.wiring.passwords import hash_password
from services.wiring.settings import read_settings
from services.wiring.shipped import lay_out
from tests.stores import sqlite_store

NOW = datetime(2025, 7, 23, 4, tzinfo=UTC)
"""Noon in Bomi."""
HOUR = timedelta(hours=1)
TELEPHONE = (Channel(ChannelKind.WEBHOOK, "http://127.0.0.1/telephone"),)
DESK = Worker("wrk_desk", "值班", Role.DUTY_DESK, team_id="tea_desk", channels=TELEPHONE)


class Patient:
    """The installation, and what the doctor says of it."""

    def __init__(self, folder: Path) -> None:
        self.data_dir = folder / "data"
        self.data_dir.mkdir(mode=0o700)
        lay_out(self.data_dir)
        read_settings(data_dir=self.data_dir).key()
        self.store: Store = sqlite_store(self.data_dir)
        self.environment: dict[str, str] = {}
        self.settings: dict[str, object] = {
            "last_resort": "http://127.0.0.1/last",
            "watch_tell": "http://127.0.0.1/one,http://127.0.0.1/two",
            "ping_url": "http://127.0.0.1/ping",
            "http_bind": "127.0.0.1:0",
            "mqtt_bind": "127.0.0.1:0",
        }
        self.change(_move_in)

    def change(self, work: Callable[[UnitOfWork], object]) -> None:
        with self.store.writing() as uow:
            work(uow)

    def examined(self, now: datetime = NOW) -> Mapping[str, Judgement]:
        """What the doctor says, the worst of each check."""
        settings = read_settings(data_dir=self.data_dir, **self.settings)
        found: dict[str, Judgement] = {}
        for each in examine(settings, self.environment, now, stopwatch):
            if each.check not in found or each.state is not State.OK:
                found[each.check] = each
        return found


def shift(worker: str, begins: float, ends: float) -> Shift:
    """A shift in hours from now."""
    return Shift(f"shf_{worker}_{begins}", "tea_desk", worker, NOW + begins * HOUR, NOW + ends * HOUR)


def event(name: str, received_at: datetime) -> Event:
    return Event(f"evt_{name}", "bed.exited", received_at, received_at, Origin.DEVICE, dedupe_key=name)


@cache
def _hashed() -> str:
    """To hash is made dear on purpose; once is enough."""
    return hash_password("a night in July")


def _move_in(uow: UnitOfWork) -> None:
    uow.teams.add(Team("tea_desk", "值班台"))
    uow.workers.add(DESK)
    uow.workers.add(Worker("wrk_grid", "网格员", Role.GRID_WORKER, channels=TELEPHONE))
    uow.homes.add(Home("hom_1", "扎木镇"))
    uow.residents.add(Resident("res_1", "hom_1", "措姆", NOW, assigned_worker_id="wrk_grid"))
    uow.users.add(User("usr_1", "dawa", Role.ADMIN, _hashed()))
    _, hashed = BrokerCredentials().issue("button-1")
    uow.devices.add(
        Device(
            "dev_1",
            "button-1",
            Ecosystem.NATIVE,
            DeviceType.CALL_BUTTON,
            state=DeviceState.LIVE,
            credential_hash=hashed,
        )
    )
    uow.events.append([event("yesterday", NOW - 24 * HOUR)])
