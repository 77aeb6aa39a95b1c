"""A backtest on both stores: the same answer, nothing changed, and no press that waits for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import create_engine, text

from services.backtest.trying import Asked, Installation, backtest
from services.domain.backtests import Tally
from services.domain.homes import Home
from services.domain.people import Resident
from services.domain.ports import Store, UnitOfWork
from services.escalation.policy_files import read_policies, shipped_texts
from services.escalation.scene import House
from services.rules.history import read_history
from services.storage.looking import Looking, look_at
from services.storage.tables import metadata
from tests.contracts.cast import event
from tests.unit.rules.cast import TWO, in_bed, rulebook

BOOK = rulebook(
    'id: out, on: bed.exited, unless: bed.entered, for: 20m, between: "22:00-06:00", severity: high',
    "id: silent, silent: any, for: 2h, per: device, severity: low",
)
NIGHTS = 30
A_DAY = 86_400
POLICIES, _ = read_policies(shipped_texts())
HERE = Installation(House(ZoneInfo("Asia/Shanghai")), POLICIES)
AT_MOST = 0.5
"""Seconds that a press may take beside it; a backtest that held a lock would take all of its own time."""


def a_month(store: Store) -> datetime:
    """Thirty nights, in each third of which somebody is up for half an hour; readings each ten minutes."""
    history = in_bed()
    for night in range(NIGHTS):
        up = night * A_DAY
        history.event("bed.exited", up).event("bed.entered", up + (1800 if night % 3 == 0 else 300))
        for reading in range(4, 143):
            history.event("bed.vitals", up + reading * 600, data={"heart_rate": 60})
    lines = list(read_history(history.texts()))
    with store.writing() as uow:
        uow.homes.add(Home("h1"))
        uow.residents.add(Resident("r1", "h1", "invented", TWO - timedelta(days=1)))
        uow.events.append(
            [replace(line.event, dedupe_key=line.event.id, seq=0) for line in lines if line.event is not None]
        )
    return TWO + timedelta(days=NIGHTS)


def test_both_stores_answer_the_same_and_stay_as_they_are(store: Store, url: str) -> None:
    until = a_month(store)
    before = everything(url)
    with looking(url) as looked:
        found = [backtest(looked, HERE, Asked(BOOK, "test.yaml", days, until)) for days in (30, 10)]
    assert [each.rules[0].calls for each in found] == [Tally(0, 10, 0, 10), Tally(0, 3, 0, 3)]
    assert [each.rules[1].calls.would for each in found] == [0, 0]
    assert found[0].events == (139 + 2) * NIGHTS
    assert everything(url) == before


@pytest.mark.timeout(240)
def test_no_press_waits_for_a_backtest(store: Store, url: str) -> None:
    until = a_month(store)
    done = threading.Event()
    faults: list[BaseException] = []

    def try_it() -> None:
        try:
            with looking(url) as looked:
                for _ in range(3):
                    backtest(looked, HERE, Asked(BOOK, "test.yaml", 30, until))
        except BaseException as fault:  # noqa: BLE001 - said by the test below
            faults.append(fault)
        finally:
            done.set()

    trying = threading.Thread(target=try_it)
    trying.start()
    took: list[float] = []
    while not done.is_set():
        began = time.perf_counter()  # noqa: TID251 - how long a press takes is what is measured
        with store.writing() as unit:
            stored(unit, len(took))
        took.append(time.perf_counter() - began)  # noqa: TID251 - as above
        done.wait(0.01)
    trying.join()
    assert faults == []
    assert len(took) > 3
    assert sorted(took)[len(took) // 2] < AT_MOST


def stored(unit: UnitOfWork, number: int) -> None:
    unit.events.append([event(f"press {number}", kind="call_button.pressed")])


@contextmanager
def looking(url: str) -> Iterator[Looking]:
    looked = look_at(url)
    try:
        yield looked
    finally:
        looked.close()


def everything(url: str) -> dict[str, list[str]]:
    engine = create_engine(url)
    with engine.connect() as connection:
        found = {
            table: sorted(map(repr, connection.execute(text(f'SELECT * FROM "{table}"'))))  # noqa: S608
            for table in metadata.tables
        }
    engine.dispose()
    return found
