"""The rules loop on a real store: it says what a replay says, whatever the batches and wherever it is
rebuilt.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from services.domain.events import Json
from services.domain.findings import Finding
from services.domain.instants import format_instant
from services.domain.ports import StoreUnavailable, UnitOfWork
from services.domain.stepping import settle
from services.rules.bed_faults import ALERT_KIND
from services.rules.history import read_history
from services.rules.run import RulesLoop
from services.storage.store import SqlStore
from tests.stores import sqlite_store
from tests.unit.rules.cast import History, rulebook
from tests.unit.rules.live import Live

BOOK = rulebook(
    'id: call, on: call_button.pressed, between: "06:00-22:00", alert: call-button, severity: high',
    "id: out, on: bed.exited, settle: 60s, unless: bed.entered, for: 20m, severity: high",
    "id: door, on: door.opened, unless: door.closed, for: 5m, severity: low",
    "id: meal, on: meal.ordered, unless: meal.collected, for: 2h, severity: low",
    "id: many, on: bed.exited, settle: 60s, count: 3, within: 2h, severity: high",
    'id: not-up, missing: bed.exited, settle: 30m, from: "04:00", by: "10:00", while: bed.entered',
    "id: fast, on: bed.vitals, where: event.data.heart_rate > 110, for: 5m",
    "id: quiet, silent: any, for: 3h, per: device, severity: low",
    "id: visits, quota: visit.completed, at_least: 2, per: week, warn: 2d, severity: medium",
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    opened = sqlite_store(tmp_path)
    yield opened
    opened.close()


def told(found: Finding) -> tuple[Json, ...]:
    reason = found.reason.value if found.reason else None
    numbers = sorted(int(event_id) for event_id in found.evidence.event_ids)
    at, raised_at = format_instant(found.at), format_instant(found.raised_at)
    return (found.rule, found.resident_id, found.device_id, at, raised_at, found.state.value, reason, numbers)


def told_by_rules(live: Live) -> list[tuple[Json, ...]]:
    """A replay of a rulebook says nothing of what the house finds wrong with its devices."""
    return sorted((told(found) for found in live.findings() if found.alert_kind != ALERT_KIND), key=str)


def told_by_replay(history: History, book: str) -> list[tuple[Json, ...]]:
    return sorted((tuple(each.values()) for each in history.found(book)), key=str)


def some_week(seed: int) -> History:
    dice = random.Random(seed)
    history = History().resident("r1").resident("r2", zone_hint=None)
    for resident in ("r1", "r2"):
        history.device(f"bed-{resident}", resident=resident)
        history.device(f"mat-{resident}", resident=resident)
        history.device(f"door-{resident}", "door_sensor", resident)
        history.device(f"call-{resident}", "call_button", resident)
    kinds = {
        "bed.exited": ("bed", "mat"),
        "bed.entered": ("bed", "mat"),
        "bed.vitals": ("bed",),
        "device.offline": ("bed", "mat"),
        "door.opened": ("door",),
        "door.closed": ("door",),
        "call_button.pressed": ("call",),
        "meal.ordered": (None,),
        "meal.collected": (None,),
        "visit.completed": (None,),
    }
    at = 0.0
    for _ in range(80):
        at += dice.choice([0, 1, 30, 60, 300, 1200, 7200, 20000])
        resident = dice.choice(["r1", "r2"])
        kind = dice.choice(list(kinds))
        device = dice.choice(kinds[kind])
        late = dice.choice([0, 0, 0, 20, 400, 5000])
        history.event(
            kind,
            at - late,
            device=f"{device}-{resident}" if device else None,
            resident=resident,
            received=at,
            data={"heart_rate": dice.choice([80, 120, 130])},
        )
        if dice.random() < 0.03:
            history.away(at, resident)
        if dice.random() < 0.06:
            history.returned(at, resident)
        if dice.random() < 0.04:
            history.retract(len(history.lines) - dice.randrange(8), at)
        if dice.random() < 0.04:
            history.override("out", "for", dice.choice(["5m", "40m", None]), at, resident)
    return history.end(at + 86400 * 8)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("rebuild", [False, True])
def test_the_loop_says_what_a_replay_says(store: SqlStore, seed: int, rebuild: bool) -> None:
    history = some_week(seed)
    lines = list(read_history(history.texts()))
    live = Live(store, {"test.yaml": BOOK}, lines[0].received_at)
    for number, line in enumerate(lines):
        live.take(line)
        if rebuild and number % 3 == 0:
            live.loop = live.rebuilt()
    settle([live.loop])
    assert live.loop.faults == ()
    assert told_by_rules(live) == told_by_replay(history, BOOK)


def test_a_backlog_that_is_read_late_is_the_same(store: SqlStore) -> None:
    history = some_week(99)
    lines = list(read_history(history.texts()))
    live = Live(store, {"test.yaml": BOOK}, lines[0].received_at)
    settle([live.loop])
    with store.writing() as uow:
        for line in lines:
            if line.event is not None:
                uow.events.append([replace(line.event, dedupe_key=line.event.id, seq=0)])
    live.clock.move_to(lines[-1].received_at)
    settle([live.loop])
    assert told_by_rules(live) == told_by_replay(history, BOOK)


class Forsaken:
    """A store of whose commits every third is reported as failed: it succeeds all the same, as where the
    connection breaks before the answer comes.
    """

    def __init__(self, store: SqlStore) -> None:
        self._store = store
        self._commits = 0

    @contextmanager
    def writing(self) -> Iterator[UnitOfWork]:
        with self._store.writing() as uow:
            yield uow
        self.fail_at_times()

    def fail_at_times(self) -> None:
        self._commits += 1
        if self._commits % 3 == 0:
            raise StoreUnavailable("the connection broke at the commit")

    def reading(self) -> AbstractContextManager[UnitOfWork]:
        return self._store.reading()


class Undone(Forsaken):
    """One in which every third is undone as a whole, as where a batch is cut."""

    @contextmanager
    def writing(self) -> Iterator[UnitOfWork]:
        with self._store.writing() as uow:
            yield uow
            self.fail_at_times()


class Persistent(RulesLoop):
    """Tries again whatever could not be stored, as a beat does."""

    def step(self) -> bool:
        try:
            return super().step()
        except StoreUnavailable:
            return True


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("unsure", [Forsaken, Undone])
def test_a_commit_that_is_reported_as_failed_leaves_no_wrong_state_in_memory(
    store: SqlStore, unsure: type[Forsaken], seed: int
) -> None:
    history = some_week(seed)
    lines = list(read_history(history.texts()))
    live = Live(store, {"test.yaml": BOOK}, lines[0].received_at)
    live.loop = Persistent(unsure(store), live.clock, lambda: live.texts, ZoneInfo("Asia/Shanghai"))
    for line in lines:
        live.take(line)
    settle([live.loop])
    assert told_by_rules(live) == told_by_replay(history, BOOK)
