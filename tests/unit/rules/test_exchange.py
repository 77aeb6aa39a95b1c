"""The exchange of rules: a few residents at a time, presses in between, and through a crash."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.rules import exchange, warming
from services.rules.history import read_history
from services.rules.revising import By, put_in_force, roll_back
from services.storage.store import SqlStore
from tests.stores import sqlite_store
from tests.unit.rules.cast import TWO, History, rulebook
from tests.unit.rules.told import Told, leaving

OUT = "id: out, on: bed.exited, unless: bed.entered, for: 20m, severity: high"
QUIET = "id: quiet, silent: any, for: 1h, per: device"
OTHER = "id: other, on: leak.detected"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    opened = sqlite_store(tmp_path)
    yield opened
    opened.close()


def test_presses_are_answered_between_the_slices(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "MOST_PIECES", 1)
    told = Told(store, "id: call, on: call_button.pressed, severity: high")
    for number in range(2, 12):
        told.happens(leaving(number, number))
    told.live.texts["test.yaml"] = rulebook("id: call, on: call_button.pressed, severity: high", OUT)
    told.live.clock.move_to(TWO + timedelta(seconds=100))
    told.live.loop.step()  # the look, and the first slice
    told.live.loop.step()
    press = History().event("call_button.pressed", 100, device="b1", resident="r2")
    [line] = read_history(press.texts())
    told.live.take(line)
    told.live.loop.step()
    assert [each.rule for each in told.found()] == ["call"]
    with store.reading() as uow:
        warmed = [
            n for n in range(2, 12) if any(s.at.rule == "test/out" for s in uow.states.load_for(f"r{n}"))
        ]
    assert 0 < len(warmed) < 10  # it was answered in between
    told.until(5000)
    assert len(told.found("out")) == 10


@pytest.mark.parametrize("steps", range(1, 9))
def test_a_change_that_was_interrupted_is_begun_anew(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    monkeypatch.setattr(exchange, "MOST_PIECES", 1)
    told = Told(store, OUT, QUIET.replace("1h", "15m"))
    for number in range(2, 6):
        told.happens(leaving(number, number * 100))
    told.live.texts["test.yaml"] = rulebook(OUT.replace("20m", "30m, settle: 60s"), QUIET)
    told.live.clock.move_to(TWO + timedelta(seconds=600))
    for _ in range(steps):
        told.live.loop.step()
    told.restart()
    told.until(1400)
    told.restart()
    told.until(6000)
    outs = [((each.at - TWO).total_seconds(), each.state.value) for each in told.found("out")]
    assert outs == [(number * 100 + 1800, "holds") for number in range(2, 6)]


def test_a_resident_whose_history_breaks_the_rule_keeps_nobody_else_waiting(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = Told(store, OTHER)
    told.happens(
        History()
        .resident("r2")
        .device("d2", resident="r2")
        .event("bed.exited", 0, device="d2", resident="r2")
    )
    work = warming.Warming.work

    def fail(self: Any, uow: Any, subject: Any, name: Any, result: Any) -> int:
        if subject.key == "r1":
            raise ZeroDivisionError("a fault of the rule")
        return work(self, uow, subject, name, result)

    monkeypatch.setattr(warming.Warming, "work", fail)
    told.reload(OTHER, OUT, at=100)
    told.until(5000)
    assert any("ZeroDivisionError" in fault for fault in told.live.loop.faults)
    assert [each.resident_id for each in told.found("out")] == ["r2"]
    told.event("bed.exited", 6000)
    told.until(8000)
    assert [each.resident_id for each in told.found("out")] == ["r2", "r1"]
    assert told.live.loop.faults == ()


@pytest.mark.parametrize("steps", range(1, 12))
@pytest.mark.parametrize("changed", [OUT.replace("20m", "30m, settle: 60s"), "id: out, on: leak.detected"])
def test_a_rollback_waits_for_no_change_that_is_going_on(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch, steps: int, changed: str
) -> None:
    monkeypatch.setattr(exchange, "MOST_PIECES", 1)
    told = Told(store, OUT, QUIET)
    for number in range(2, 12):
        told.happens(leaving(number, number * 10))
    told.live.clock.move_to(TWO + timedelta(seconds=600))
    by = By("lhamo", "nobody is called", told.live.clock.now())
    with store.writing() as uow:
        put_in_force(uow, "test", rulebook(changed, QUIET), 1, by)
    for _ in range(steps):
        told.live.loop.step()
    with store.writing() as uow:
        roll_back(uow, "test", 1, None, by)
    told.live.clock.move_to(TWO + timedelta(seconds=601))
    told.live.loop.step()
    assert [book.revision for book in told.live.loop.status()] == [3]
    told.until(5000)
    outs = [((each.at - TWO).total_seconds(), each.state.value) for each in told.found("out")]
    assert outs == [(number * 10 + 1200, "holds") for number in range(2, 12)]
