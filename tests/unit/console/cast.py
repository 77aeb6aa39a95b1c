"""The cast of the console's tests: a small community in a real store, everybody invented, and the console
over it.

Basang is the grid worker of the first grid, Cering her backup, Dolma the neighbour; Norbu works in the
other grid and must see nothing of theirs.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from fastapi import FastAPI
from fastapi.testclient import TestClient
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from services.console.app import make_app
from services.console.parts import Console, ConsoleSettings, TurnedAway
from services.domain.access import AccessToken, hash_of
from services.domain.alerts import (
    HOUSE,
    Alert,
    AlertChange,
    AlertFact,
    AlertState,
    ChangeReason,
)
from services.domain.devices import Device, DeviceState, DeviceType, Ecosystem
from services.domain.findings import FindingState, Severity
from services.domain.homes import Grid, Home
from services.domain.people import Channel, ChannelKind, Resident, Role, Team, User, Worker
from services.domain.ports import Signals, Store
from services.escalation.gathering import Gathering, store_move
from services.escalation.links import link_key
from services.escalation.policies import Policies
from services.escalation.policy_files import shipped_policies
from services.escalation.scene import House
from services.escalation.steps import begin
from tests.clients import Client
from tests.stores import RecordingSignals, settled_store

NIGHT = datetime(2025, 7, 22, 18, 13, tzinfo=UTC)
"""02:13 in Shanghai."""
PASSWORD = "a night in July"


class StandingClock:
    def __init__(self, now: datetime = NIGHT) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def move(self, by: timedelta) -> None:
        self._now += by


@dataclass
class BrokerOfTheTest:
    """Carries every name but those with a blank, and counts how often it was told of a change."""

    url: str = "mqtt://127.0.0.1:1"
    changes: int = 0
    issued: list[str] = field(default_factory=list)
    refused: list[TurnedAway] = field(default_factory=list)

    def carries(self, external_id: str) -> str | None:
        return (
            "this broker disconnects whoever publishes to a topic with a blank"
            if " " in external_id
            else None
        )

    def issue(self, device: Device) -> tuple[str, str]:
        self.issued.append(device.external_id)
        return f"password-{len(self.issued)}", f"hash-{len(self.issued)}"

    def devices_changed(self) -> None:
        self.changes += 1


@dataclass
class Cast:
    """What a test works with."""

    store: Store
    clock: StandingClock
    broker: BrokerOfTheTest
    signals: RecordingSignals
    parts: Console
    app: FastAPI

    def client(self, token: str | None = None) -> TestClient:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return Client(self.app, base_url="http://console.test", headers=headers)

    def of(self, role: Role) -> TestClient:
        """A client with a token that stands for a whole role."""
        return self.client(f"token-{role.value}")

    def worker(self, name: str) -> TestClient:
        """A client with the token of one worker."""
        return self.client(f"token-{name}")


REACHED = (Channel(ChannelKind.WEBHOOK, "http://127.0.0.1:9/notices"),)
WORKERS = (
    Worker(
        "basang",
        "Basang",
        Role.GRID_WORKER,
        grid_ids=("grid-1",),
        channels=(
            *REACHED,
            Channel(ChannelKind.EMAIL, "basang@example.org"),
        ),
    ),
    Worker("cering", "Cering", Role.GRID_WORKER, grid_ids=("grid-1",), channels=REACHED),
    Worker("dolma", "Dolma", Role.NEIGHBOUR, channels=REACHED),
    Worker("norbu", "Norbu", Role.GRID_WORKER, grid_ids=("grid-2",)),
    Worker("pema", "Pema", Role.DUTY_DESK, team_id="team"),
    Worker("tashi", "Tashi", Role.TECHNICIAN, team_id="team"),
    Worker("lhamo", "Lhamo", Role.MANAGER),
    Worker("karma", "Karma", Role.CAREGIVER, team_id="team"),
)


@contextmanager
def cast(folder: Path, woken: Signals | None = None, **parts: object) -> Iterator[Cast]:
    """The community, its console, and a token for each role and each worker."""
    signals = RecordingSignals()
    store = settled_store(folder, _settle, woken or signals)
    clock, broker = StandingClock(), BrokerOfTheTest()
    numbers = itertools.count(1)
    console = Console(
        store=store,
        clock=clock,
        new_id=lambda prefix: f"{prefix}_{next(numbers):04}",
        device_credentials=broker,
        gathering=Gathering(
            House(
                timezone=ZoneInfo("Asia/Shanghai"),
                link_base="http://console.test",
                link_key=link_key("the console's tests"),
            ),
            lambda: Policies({}, shipped_policies()),
        ),
        waiter=lambda seconds: False,
        turned_away=lambda: broker.refused,
        settings=ConsoleSettings(version="0.1.0"),
    )
    console = replace(console, **parts)  # type: ignore[arg-type]
    try:
        yield Cast(store, clock, broker, signals, console, make_app(console))
    finally:
        store.close()


def _settle(store: Store) -> None:
    with store.writing() as uow:
        uow.teams.add(Team("team", "Centre"))
        uow.grids.add(Grid("grid-1", "First grid", team_id="team", neighbouring_ids=("grid-2",)))
        uow.grids.add(Grid("grid-2", "Second grid"))
        for worker in WORKERS:
            uow.workers.add(worker)
            secret = hash_of(f"token-{worker.id}")
            uow.access.add_token(
                AccessToken(f"tok-{worker.id}", secret, worker.role, NIGHT, worker_id=worker.id)
            )
        for role in Role:
            secret = hash_of(f"token-{role.value}")
            uow.access.add_token(AccessToken(f"tok-{role.value}", secret, role, NIGHT))
        uow.users.add(User("usr-desk", "desk", Role.DUTY_DESK, DESK_PASSWORD, worker_id="pema"))
        uow.users.add(User("usr-grid", "grid", Role.GRID_WORKER, DESK_PASSWORD, worker_id="basang"))
        uow.homes.add(Home("home-1", "3 River Lane", grid_id="grid-1", neighbour_id="dolma", phone="0894-1"))
        uow.homes.add(Home("home-2", "8 Bridge Lane", grid_id="grid-2"))
        uow.residents.add(
            Resident(
                "yangzom",
                "home-1",
                "Yangzom",
                NIGHT - timedelta(days=100),
                assigned_worker_id="basang",
                backup_worker_id="cering",
            )
        )
        uow.residents.add(
            Resident("dawa", "home-2", "Dawa", NIGHT - timedelta(days=90), assigned_worker_id="norbu")
        )
        uow.devices.add(
            Device(
                "button-1",
                "button-1",
                Ecosystem.NATIVE,
                DeviceType.CALL_BUTTON,
                home_id="home-1",
                resident_id="yangzom",
                state=DeviceState.LIVE,
                registered_at=NIGHT - timedelta(days=100),
                credential_hash="hash-0",
                last_seen_at=NIGHT,
            )
        )


QUICK = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=16, parallelism=1),))
"""The console's own kind of hash with hardly any work in it: most tests are not about how much there is."""
DESK_PASSWORD = QUICK.hash(PASSWORD)


def press(cast: Cast, alert_id: str = "alert-1", resident_id: str = "yangzom", **fields: object) -> Alert:
    """A running alert of a call button, told to the assigned worker."""
    now = cast.clock.now()
    with cast.store.writing() as uow:
        resident = uow.residents.get(resident_id)
        assert resident is not None
        alert = Alert(
            id=alert_id,
            kind="call-button",
            subject=f"resident:{resident_id}",
            severity=Severity.HIGH,
            policy="emergency",
            titles={"zh-CN": "呼叫器求助", "en": "Call button pressed"},
            opened_at=now,
            resident_id=resident_id,
            home_id=resident.home_id,
            device_id="button-1",
            facts=(
                AlertFact(
                    f"finding-{alert_id}", now, now, FindingState.HOLDS, is_alarm=True, device_id="button-1"
                ),
            ),
        )
        alert = replace(alert, **fields)  # type: ignore[arg-type]
        opened = AlertChange(alert.id, now, HOUSE, None, AlertState.OPEN, ChangeReason.OPENED)
        stored = uow.alerts.add(alert, [opened])
        if not stored.is_running:
            return stored
        scene = cast.parts.gathering.around_alert(uow, stored, now)
        return store_move(uow, stored, begin(stored, scene))
