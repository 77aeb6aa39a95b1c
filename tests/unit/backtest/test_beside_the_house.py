"""A backtest that the console asks for: a process of its own, one at a time, ended with the house."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import pytest

from services.domain.backtests import BusyTrying, Tally
from services.domain.ports import StoreUnavailable
from services.rules.faults import RulebookFaults
from services.wiring.settings import Settings
from services.wiring.trying import Trying
from tests.unit.backtest.house import LivedThrough
from tests.unit.rules.cast import TWO, in_bed, rulebook

BOOK = rulebook("id: out, on: bed.exited, unless: bed.entered, for: 20m, severity: high")
HOUR = timedelta(hours=1)


def test_the_report_comes_back_whole_while_the_house_writes(tmp_path: Path) -> None:
    house = LivedThrough(tmp_path, in_bed().event("bed.exited", 0).event("bed.entered", 1800).end(3600), BOOK)
    trying = Trying(Settings(data_dir=tmp_path))
    try:
        with house.store.writing():  # a press that is being stored holds the turn of the writers
            found = trying(BOOK, "test.yaml", 2, TWO + HOUR)
    finally:
        house.store.close()
    assert found.calls == Tally(1, 1)
    assert found.until == TWO + HOUR


def test_a_store_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="there is no database"):
        Trying(Settings(data_dir=tmp_path))(BOOK, "test.yaml", 2, TWO)


def test_faults_are_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(RulebookFaults):
        Trying(Settings(data_dir=tmp_path))("rules: 1", "test.yaml", 2, TWO)


def test_one_is_at_work_at_a_time_and_the_house_ends_it(tmp_path: Path) -> None:
    trying = Trying(Settings(data_dir=tmp_path))
    trying._turn.acquire()
    with pytest.raises(BusyTrying):
        trying(BOOK, "test.yaml", 2, TWO)
    trying._turn.release()
    assert trying.stop(1)
    ended: list[str] = []

    def ask() -> None:
        try:
            trying(BOOK, "test.yaml", 2, TWO)
        except StoreUnavailable as error:
            ended.append(str(error))

    asking = threading.Thread(target=ask)
    asking.start()
    while trying._child is None and asking.is_alive():
        threading.Event().wait(0.005)
    assert trying.stop(10)
    asking.join(10)
    assert len(ended) == 1
