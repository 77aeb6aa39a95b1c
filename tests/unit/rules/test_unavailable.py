"""A rule that cannot work: it alone, shown to every process, and a Finding until it is well again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.domain.findings import Finding, Severity
from services.domain.records import StandingFault
from services.domain.stepping import advance, settle
from services.rules.kinds.count import Count
from services.rules.kinds.on import On
from services.storage.store import SqlStore
from tests.stores import sqlite_store
from tests.unit.rules.cast import TWO, History, in_bed, rulebook
from tests.unit.rules.live import Live
from tests.unit.rules.test_rulebooks_at_work import add, fed

MANY = "id: many, on: door.opened, count: 2, within: 1h"
OUT = "id: out, on: bed.exited, unless: bed.entered, for: 20m"
BAD = "id: bad, on: bed.exitd"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    opened = sqlite_store(tmp_path)
    yield opened
    opened.close()


def kept(live: Live) -> list[StandingFault]:
    with live.store.reading() as uow:
        return uow.rulebooks.faults()


def lame(live: Live) -> list[Finding]:
    return [each for each in live.findings() if each.rule == "rule-unavailable"]


def door(at: float) -> History:
    return History().event("door.opened", at, device="door")


def test_a_rule_that_fails_is_named_to_the_manager_and_takes_no_other_with_it(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    fails = [True]
    take = Count.take

    def sometimes(self: Any, *of: Any) -> Any:
        if fails[0]:
            raise ZeroDivisionError("a fault in the rule")
        return take(self, *of)

    monkeypatch.setattr(Count, "take", sometimes)
    live = fed(store, in_bed().device("door", "door_sensor").event("bed.exited", -1800), MANY, OUT)
    add(live, door(0))
    [found] = lame(live)
    assert (found.severity, found.policy, found.state.value) == (Severity.MEDIUM, "routine", "holds")
    assert found.evidence.figures["rule"] == "test/many"
    [fault] = kept(live)
    assert (fault.rulebook, fault.rule, fault.is_unavailable) == ("test", "many", True)
    assert "ZeroDivisionError" in fault.found
    add(live, door(10))
    assert len(lame(live)) == 1  # one matter, however often it fails
    assert [each.rule for each in live.findings() if each.rule == "out"] == ["out"]
    fails[0] = False
    add(live, door(20))
    settle([live.loop])
    assert [each.state.value for each in lame(live)] == ["ended"]
    assert kept(live) == []


def test_another_text_makes_it_well_again(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("a fault in the rule")

    live = fed(store, in_bed().device("door", "door_sensor"), "id: door, on: door.opened")
    monkeypatch.setattr(On, "take", fail)
    add(live, door(0))
    assert [each.state.value for each in lame(live)] == ["holds"]
    live.texts["test.yaml"] = rulebook(MANY)
    advance(live.clock, [live.loop], live.clock.now() + timedelta(seconds=2))
    assert [each.state.value for each in lame(live)] == ["ended"]


def test_at_a_first_start_the_faulty_rule_alone_is_missing_and_named(store: SqlStore) -> None:
    live = fed(store, in_bed(), OUT, BAD)
    assert [each.evidence.figures["rule"] for each in lame(live)] == ["test/bad"]
    [fault] = kept(live)
    assert (fault.file, fault.field, fault.nearest) == ("test.yaml", "on", "bed.exited")
    live.texts["test.yaml"] = rulebook(OUT)
    advance(live.clock, [live.loop], live.clock.now() + timedelta(seconds=2))
    assert [each.state.value for each in lame(live)] == ["ended"]


def test_a_refused_text_is_shown_and_calls_nobody(store: SqlStore) -> None:
    live = fed(store, in_bed(), OUT)
    live.texts["test.yaml"] = rulebook(OUT, BAD)
    advance(live.clock, [live.loop], TWO + timedelta(seconds=2))
    assert [(each.rule, each.is_unavailable) for each in kept(live)] == [("bad", False)]
    assert lame(live) == []


def test_a_restart_says_nothing_twice(store: SqlStore) -> None:
    live = fed(store, in_bed(), OUT, BAD)
    live.loop = live.rebuilt()
    settle([live.loop])
    advance(live.clock, [live.loop], TWO + timedelta(hours=1))
    live.loop = live.rebuilt()
    settle([live.loop])
    assert [each.state.value for each in lame(live)] == ["holds"]
