"""What one event costs the rules, by how many rules there are for other kinds and how many homes: the real
loop and engine on a SQLite store, without broker and people. Readings go round all homes in no order, a
hundred in a batch and each of another home, so that a batch is the same work at any size. First homes of
which nothing was heard since the start, then, when all have been heard, as in a house that runs.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bench.arithmetic import median
from services.domain.devices import DeviceType
from services.domain.events import Event, Origin
from services.domain.ports import StateKey, Store
from services.rules.memory import DEVICE, PROFILE, Memory
from services.rules.profile import KnownDevice, Profile
from services.rules.run import RulesLoop
from services.storage import migrate
from services.storage.store import SqlStore
from services.wiring.signals import LocalSignals

ZONE = ZoneInfo("Asia/Shanghai")
START = datetime(2025, 7, 22, 18, tzinfo=UTC)
OWN = "{id: fast-heart, on: bed.vitals, where: event.data.heart_rate > 110, for: 5m}"
"""The one rule for the kind of the events."""
OTHERS = (
    "{{id: other-{0}, on: motion.detected, count: 4, within: 2h}}",
    "{{id: other-{0}, on: door.opened, unless: door.closed, for: 20m}}",
    "{{id: other-{0}, on: meal.ordered, unless: meal.collected, for: 2h}}",
    "{{id: other-{0}, on: call_button.pressed, severity: high}}",
    "{{id: other-{0}, on: leak.detected, severity: high}}",
    "{{id: other-{0}, missing: motion.detected, from: '04:00', by: '10:00'}}",
    "{{id: other-{0}, quota: visit.completed, at_least: 2, per: month}}",
)
"""The others, in turn: every trigger but silence, which is about any message."""
BATCH = 100
ENROLLED_AT = START - timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Size:
    """What is measured: so many rules, at so many homes, ``repeats`` times so many batches."""

    rules: Sequence[int] = (1, 20, 200)
    homes: Sequence[int] = (100, 1_000, 10_000, 100_000)
    batches: int = 40
    repeats: int = 5


@dataclass(frozen=True, slots=True)
class Cell:
    """CPU seconds (user and system) of the process for one event, medians: when every home has been heard
    before, and ``cold``, when each is heard for the first time since the start, as far as there are enough.
    """

    rules: int
    homes: int
    seconds: float
    cold: float


class _Clock:
    def __init__(self) -> None:
        self._at = START

    def now(self) -> datetime:
        return self._at

    def move_to(self, instant: datetime) -> None:
        self._at = instant


def measure(folder: Path, size: Size) -> Iterator[Cell]:
    """Every cell, the small communities first."""
    for homes in size.homes:
        path = folder / f"rules-{homes}"
        path.mkdir(parents=True)
        url = f"sqlite:///{path / 'anxin.db'}"
        migrate.upgrade(url)
        store = SqlStore(url, LocalSignals())
        try:
            _settle(store, homes)
            for rules in size.rules:
                yield _cell(store, rules, homes, size)
        finally:
            store.close()


def rulebook(rules: int) -> str:
    """One rule for the kind of the events, and all the others for other kinds."""
    others = (OTHERS[number % len(OTHERS)].format(number) for number in range(rules - 1))
    lines = [f"  - {rule}" for rule in (OWN, *others)]
    return "\n".join(["format: 1", "rulebook: many", "rules:", *lines]) + "\n"


def _settle(store: Store, homes: int) -> None:
    """What the rules know of each home, as if they had taken in its facts."""
    for first in range(0, homes, 1000):
        memory = Memory({})
        for home in range(first, min(first + 1000, homes)):
            device = KnownDevice(f"bed-{home}", DeviceType.BED_SENSOR, "bedroom", f"res-{home}")
            memory.put(StateKey(DEVICE, device.id), device)
            profile = Profile(f"res-{home}", f"home-{home}", enrolled_at=ENROLLED_AT, devices=(device,))
            memory.put(StateKey(PROFILE, profile.resident_id), profile)
        with store.writing() as uow:
            uow.states.save(memory.everything())


def _cell(store: Store, rules: int, homes: int, size: Size) -> Cell:
    clock = _Clock()
    text = rulebook(rules)
    loop = RulesLoop(store, clock, lambda: {"many.yaml": text}, ZONE)
    while loop.step():
        pass
    dice = random.Random(homes)  # noqa: S311 - dice
    order = list(range(homes))
    dice.shuffle(order)
    place = 0

    def taken(batches: int) -> float:
        nonlocal place
        spent = 0.0
        for _ in range(batches):
            chosen = [order[(place + each) % homes] for each in range(BATCH)]
            run = f"{rules}-{homes}-{place}"
            place += BATCH
            with store.writing() as uow:
                clock.move_to(START + timedelta(seconds=uow.events.last_seq() / BATCH))
                uow.events.append([_reading(home, run, clock.now(), dice) for home in chosen])
            began = time.process_time()
            while loop.step():
                pass
            spent += time.process_time() - began
        return spent / (batches * BATCH)

    cold = [taken(size.batches) for _ in range(1 + size.repeats)]
    if place < homes:
        taken((homes - place) // BATCH)
    steady = [taken(size.batches) for _ in range(size.repeats)]
    assert loop.faults == ()
    return Cell(rules, homes, median(steady), median(cold[1:]))


def _reading(home: int, run: str, now: datetime, dice: random.Random) -> Event:
    name = f"{run}-{home}"
    return Event(
        name,
        "bed.vitals",
        now,
        now,
        Origin.DEVICE,
        resident_id=f"res-{home}",
        home_id=f"home-{home}",
        device_id=f"bed-{home}",
        data={"heart_rate": dice.randint(50, 112)},
        dedupe_key=name,
    )
