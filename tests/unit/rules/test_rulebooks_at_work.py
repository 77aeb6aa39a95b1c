"""What the loop does when the rulebooks under it change, break or vanish; and that a press alerts all the
same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from services.domain.findings import FindingState
from services.domain.stepping import advance, settle
from services.rules.history import read_history
from services.rules.kinds.on import On
from services.storage.store import SqlStore
from tests.stores import sqlite_store
from tests.unit.rules.cast import TWO, History, in_bed, rulebook
from tests.unit.rules.live import Live

CALL = "id: call, on: call_button.pressed, severity: high"
OUT = "id: out, on: bed.exited, unless: bed.entered, for: 20m, severity: high"
SECOND = timedelta(seconds=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    opened = sqlite_store(tmp_path)
    yield opened
    opened.close()


def fed(store: SqlStore, history: History, *rules: str) -> Live:
    live = Live(store, {"test.yaml": rulebook(*rules)}, TWO - timedelta(hours=2))
    for line in read_history(history.texts()):
        live.take(line)
    settle([live.loop])
    return live


def pressed(at: float) -> History:
    return History().event("call_button.pressed", at, device="b1")


def add(live: Live, history: History) -> None:
    for line in read_history(history.texts()):
        event = line.event
        if event is not None:
            live.take(replace(line, event=replace(event, id=f"{event.id}-{line.received_at}")))
    settle([live.loop])


@pytest.mark.parametrize("texts", [{}, {"test.yaml": "format: ["}, {"test.yaml": ""}])
def test_without_a_rulebook_a_press_still_alerts(store: SqlStore, texts: dict[str, str]) -> None:
    live = Live(store, texts, TWO)
    add(live, pressed(0))
    assert [found.rule for found in live.findings()] == ["floor"]


def test_a_folder_that_cannot_be_read_leaves_what_was_there(store: SqlStore) -> None:
    live = fed(store, in_bed(), CALL)

    def refuse() -> dict[str, str]:
        raise OSError("no such folder")

    live.loop = type(live.loop)(store, live.clock, refuse, ZoneInfo("Asia/Shanghai"))
    add(live, pressed(10))
    assert [found.rule for found in live.findings()] == ["call"]
    assert any("no such folder" in fault for fault in live.loop.faults)


def test_a_faulty_text_is_refused_and_the_one_before_goes_on(store: SqlStore) -> None:
    live = fed(store, in_bed(), CALL)
    live.texts["test.yaml"] = rulebook(CALL, "id: bad, on: bed.exitd")
    advance(live.clock, [live.loop], TWO + SECOND)
    [book] = live.loop.status()
    assert book.revision == 1
    assert len(book.faults) == 1
    live.loop = live.rebuilt()
    add(live, pressed(10))
    assert [(found.rule, found.revision) for found in live.findings()] == [("call", 1)]


def test_at_a_first_start_the_good_rules_work(store: SqlStore) -> None:
    live = fed(store, pressed(0), CALL, "id: bad, on: bed.exitd")
    assert [found.rule for found in live.findings() if found.is_alarm] == ["call"]
    assert live.loop.faults


def test_a_rule_that_fails_leaves_the_press_to_the_floor(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("a fault in the rule")

    monkeypatch.setattr(On, "take", fail)
    live = fed(store, pressed(0), CALL)
    assert [found.rule for found in live.findings() if found.is_alarm] == ["floor"]
    assert any("ZeroDivisionError" in fault for fault in live.loop.faults)


def test_a_changed_number_keeps_the_facts(store: SqlStore) -> None:
    live = fed(store, in_bed().event("bed.exited", 0), OUT)
    live.texts["test.yaml"] = rulebook(OUT.replace("20m", "5m"))
    advance(live.clock, [live.loop], TWO + timedelta(seconds=100))
    advance(live.clock, [live.loop], TWO + timedelta(seconds=400))
    [found] = live.findings()
    assert (found.at, found.raised_at) == (TWO + timedelta(seconds=300), TWO + timedelta(seconds=300))
    assert found.revision == 2


def test_a_number_that_puts_the_deadline_into_the_past_meets_it_at_once(store: SqlStore) -> None:
    live = fed(store, in_bed().event("bed.exited", 0), OUT)
    advance(live.clock, [live.loop], TWO + timedelta(seconds=600))
    live.texts["test.yaml"] = rulebook(OUT.replace("20m", "5m"))
    advance(live.clock, [live.loop], TWO + timedelta(seconds=700))
    [found] = live.findings()
    assert found.at == TWO + timedelta(seconds=300)
    assert TWO + timedelta(seconds=600) <= found.raised_at <= TWO + timedelta(seconds=700)


def test_a_new_rule_is_warmed_and_raises_nothing_old(store: SqlStore) -> None:
    live = fed(
        store, in_bed().event("bed.exited", -3000).event("bed.entered", -100).event("bed.exited", 0), CALL
    )
    live.texts["test.yaml"] = rulebook(CALL, OUT)
    advance(live.clock, [live.loop], TWO + timedelta(seconds=5000))
    assert [(found.at, found.state) for found in live.findings()] == [
        (TWO + timedelta(seconds=1200), FindingState.HOLDS)
    ]


def test_the_same_text_changes_nothing(store: SqlStore) -> None:
    live = fed(store, in_bed().event("bed.exited", 0), OUT)
    live.loop = live.rebuilt()
    advance(live.clock, [live.loop], TWO + timedelta(seconds=5000))
    [book] = live.loop.status()
    assert book.revision == 1
    assert len(live.findings()) == 1


def test_a_state_of_an_unknown_version_is_made_anew(
    store: SqlStore, caplog: pytest.LogCaptureFixture
) -> None:
    live = fed(store, in_bed().event("bed.exited", 0), OUT)
    with store.writing() as uow:
        states = [state for state in uow.states.load_for("r1") if state.at.rule == "test/out"]
        uow.states.save(replace(state, version=999) for state in states)
    advance(live.clock, [live.loop], TWO + timedelta(seconds=5000))
    assert any("unknown version" in record.getMessage() for record in caplog.records)
    assert live.loop.faults == ()
    assert [found.rule for found in live.findings()] == ["out"]


def test_a_press_is_read_ahead_of_a_backlog(store: SqlStore) -> None:
    live = Live(store, {"test.yaml": rulebook(CALL)}, TWO)
    live.loop.step()
    history = History().resident()
    for second in range(600):
        history.event("bed.vitals", second)
    with store.writing() as uow:
        for line in read_history(history.event("call_button.pressed", 600, device="b1").texts()):
            assert line.event is not None
            uow.events.append([replace(line.event, dedupe_key=line.event.id, seq=0)])
    live.loop.step()
    assert [found.rule for found in live.findings()] == ["call"]


def test_each_fault_of_a_refused_rulebook_is_in_the_log_once(
    store: SqlStore, caplog: pytest.LogCaptureFixture
) -> None:
    live = fed(store, in_bed(), CALL)
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []
    live.texts["test.yaml"] = rulebook(
        CALL.replace("severity", "severty").replace("call_button", "cal_button")
    )
    for _ in range(2):
        advance(live.clock, [live.loop], live.clock.now() + 2 * SECOND)
        settle([live.loop])
    said = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert len(said) == 2
    assert all("test.yaml: rule call: " in each for each in said)
