"""A backtest that is shared out between processes says what one process says, and leaves none behind."""

from __future__ import annotations

import multiprocessing
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from services.backtest import passing
from services.backtest.passing import Helpers, Pass, share_of, shared_out
from services.backtest.trying import Asked, backtest
from services.domain.backtests import Backtest, NoteKind
from services.domain.homes import Home
from services.domain.people import Resident
from services.domain.ports import StoreUnavailable
from services.rules.case import Case
from services.rules.history import read_history
from services.rules.kinds.count import Count
from services.rules.trial import Told
from services.storage.store import SqlStore
from services.wiring.backtest_processes import Processes, ShareLost
from services.wiring.settings import Settings
from tests.stores import sqlite_store
from tests.unit.backtest.house import INSTALLATION, RULEBOOK_FILE
from tests.unit.rules.cast import TWO, History, rulebook

BOOK = rulebook(
    'id: out, on: bed.exited, settle: 60s, unless: bed.entered, for: 20m, between: "22:00-06:00"',
    "id: many, on: bed.exited, count: 3, within: 2h, severity: high",
    'id: up, missing: bed.exited, from: "04:00", by: "10:00", while: bed.entered',
    "id: heart, on: bed.vitals, where: event.data.heart_rate > 110, for: 5m",
    "id: silent, silent: any, for: 2h, per: device",
    "id: visits, quota: visit.completed, at_least: 2, per: week, warn: 2d",
)
DAY = 86_400
PEOPLE = ("r1", "r2", "r3", "r4", "r5")


class InTurn:
    """Helpers that do their shares one after the other, in this process."""

    def __init__(self, store: SqlStore, processes: int) -> None:
        self._store = store
        self.processes = processes
        self._told: list[list[Told]] = []

    @contextmanager
    def at_work(self, work: Pass) -> Iterator[InTurn]:
        self._told = [share_of(self._store, work, number, lambda *_: None) for number in range(1, work.of)]
        yield self

    def done(self) -> int:
        return 0

    def told(self) -> Sequence[Sequence[Told]]:
        return self._told


def a_few_days() -> History:
    """Five residents whose nights and devices differ, a device that moves, entries that are taken back."""
    dice = random.Random("shared out")
    history = History()
    for each in PEOPLE:
        history.resident(each).device(f"bed-{each}", resident=each)
        history.device(f"button-{each}", "call_button", each)
    history.device("nobodys", "call_button", None)
    for day in range(3):
        told: list[tuple[float, str, str, float]] = []
        for each in PEOPLE:
            at: float = day * DAY
            for _ in range(dice.randrange(4, 14)):
                at += dice.choice([60, 300, 1_200, 1_201, 3_600, 7_200])
                kind = dice.choice(["bed.exited", "bed.entered", "bed.vitals", "press", "visit"])
                told.append((at, kind, each, dice.choice([70, 120])))
        for at, kind, each, heart_rate in sorted(told):
            if kind == "press":
                history.event("call_button.pressed", at, device=f"button-{each}", resident=each)
            elif kind == "visit":
                history.event("visit.completed", at, device=None, resident=each)
            else:
                data = {"heart_rate": heart_rate}
                history.event(kind, at, device=f"bed-{each}", resident=each, data=data)
        end = max(at for at, *_ in told)
        history.event("call_button.pressed", end + 1, device="nobodys", resident=None)
        history.event("visit.completed", end + 1, device=None, resident="r1", id=f"own-{day}")
        history.event("visit.completed", end + 1, device=None, resident="r2", id=f"other-{day}")
        history.retract(f"own-{day}", end + 2).retract(f"other-{day}", end + 2)
        history.device("bed-r4", resident="r5" if day == 1 else "r4")
        if day == 1:
            history.away(end + 2, "r2").override("silent", "for", "4h", end + 3, "r3", until=end + 9_000)
    return history.end(5 * DAY)


@dataclass(frozen=True)
class House:
    """What was told, put into a store as it is."""

    folder: Path
    store: SqlStore
    ends_at: datetime


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("shared")
    store = sqlite_store(folder)
    lines = list(read_history(a_few_days().texts()))
    with store.writing() as uow:
        uow.homes.add(Home("h1"))
        for each in PEOPLE:
            uow.residents.add(Resident(each, "h1", "invented", TWO - timedelta(days=1)))
        told = [line.event for line in lines if line.event is not None]
        uow.events.append([replace(event, dedupe_key=event.id, seq=0) for event in told])
    yield House(folder, store, lines[-1].received_at)
    store.close()


@pytest.fixture
def any_history(monkeypatch: pytest.MonkeyPatch) -> None:
    """However little there is, it is shared out."""
    monkeypatch.setattr(passing, "LEAST_SHARE", 1)


def report(house: House, helpers: Helpers | None, book: str = BOOK) -> bytes:
    asked = Asked(book, RULEBOOK_FILE, 5, house.ends_at)
    found = backtest(house.store, INSTALLATION, asked, helpers=helpers)
    return TypeAdapter(Backtest).dump_json(found, by_alias=True)


@pytest.mark.usefixtures("any_history")
@pytest.mark.parametrize("processes", [2, 3, 7])
def test_the_report_is_that_of_one_process_to_the_byte(house: House, processes: int) -> None:
    alone = report(house, None)
    assert TypeAdapter(Backtest).validate_json(alone).calls.would > 5
    assert report(house, InTurn(house.store, processes)) == alone


@pytest.mark.usefixtures("any_history")
def test_what_failed_is_told_in_the_order_in_which_it_failed(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_self: Count, case: Case, *_: object) -> None:
        raise ZeroDivisionError(f"for {case.key} at {case.now}")

    monkeypatch.setattr(Count, "take", broken)
    alone = report(house, None)
    faults = [each for each in TypeAdapter(Backtest).validate_json(alone).notes if "failed" in each.kind]
    assert len({each.detail.partition(" at ")[0] for each in faults}) == len(PEOPLE)
    assert all(each.kind is NoteKind.RULE_FAILED for each in faults)
    assert report(house, InTurn(house.store, 3)) == alone


@pytest.mark.usefixtures("any_history")
def test_real_processes_say_the_same_and_are_gone_afterwards(house: House) -> None:
    helpers = Processes(Settings(data_dir=house.folder), processes=2)
    assert report(house, helpers) == report(house, None)
    assert multiprocessing.active_children() == []


@pytest.mark.usefixtures("any_history")
def test_none_outlives_an_interrupted_backtest(house: House) -> None:
    helpers = Processes(Settings(data_dir=house.folder), processes=2)
    asked = Asked(BOOK, RULEBOOK_FILE, 5, house.ends_at)

    def interrupted(_done: int, _of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        backtest(house.store, INSTALLATION, asked, interrupted, helpers)
    assert multiprocessing.active_children() == []


@pytest.mark.usefixtures("any_history")
def test_a_share_that_cannot_be_read_or_is_lost_is_said(house: House, tmp_path: Path) -> None:
    elsewhere = Processes(Settings(data_dir=tmp_path), processes=2)
    with pytest.raises((StoreUnavailable, ShareLost)):
        report(house, elsewhere)
    assert multiprocessing.active_children() == []


def test_little_history_is_for_one_process() -> None:
    few, many = passing.LEAST_SHARE * 2 - 1, passing.LEAST_SHARE * 40
    assert shared_out(PEOPLE, few, 4) == (dict.fromkeys(PEOPLE, 0), 1)
    assert shared_out(PEOPLE, many, 1)[1] == 1
    shares, of = shared_out(PEOPLE, many, 2)
    assert (shares, of) == ({"r1": 0, "r2": 1, "r3": 0, "r4": 1, "r5": 0}, 2)
    assert shared_out(PEOPLE, many, 64)[1] == passing.MOST_PROCESSES
