"""A bed that does not settle, and sensors of one bed that contradict each other, are faults of a device."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from services.domain.findings import Finding, Severity
from services.domain.stepping import advance
from services.escalation.joining import subject_of
from services.rules.history import read_history
from services.storage.store import SqlStore
from tests.stores import sqlite_store
from tests.unit.rules.cast import TWO, History, rulebook
from tests.unit.rules.live import Live

HOUR = 3600
BOOK = rulebook("id: out, on: bed.exited, unless: bed.entered, for: 20h")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    opened = sqlite_store(tmp_path)
    yield opened
    opened.close()


def found(store: SqlStore, history: History, until: float) -> list[Finding]:
    """What the house finds with a rule that has nothing to say, made anew after every second line."""
    live = Live(store, {"test.yaml": BOOK}, TWO - timedelta(days=1))
    for number, line in enumerate(read_history(history.texts())):
        live.take(line)
        if number % 2:
            live.loop = live.rebuilt()
    advance(live.clock, [live.loop], TWO + timedelta(seconds=until))
    return live.findings()


def brief(findings: list[Finding]) -> list[tuple[str, str | None, float, float, str]]:
    return [
        (
            each.rule,
            each.device_id,
            (each.at - TWO).total_seconds(),
            (each.raised_at - TWO).total_seconds(),
            each.state.value,
        )
        for each in findings
    ]


def restless(seconds: int, step: int = 50) -> History:
    """Out and in again every so many seconds."""
    history = History().resident().device()
    for number, at in enumerate(range(0, seconds + 1, step)):
        history.event("bed.exited" if number % 2 else "bed.entered", at)
    return history


def two_sensors() -> History:
    history = History().resident().device("a").device("b")
    return history.event("bed.entered", 0, device="a").event("bed.exited", 0, device="b")


@pytest.mark.parametrize(("seconds", "at"), [(1800, [1800]), (1750, [])])
def test_a_bed_that_does_not_settle_for_half_an_hour_is_a_fault(
    store: SqlStore, seconds: int, at: list[float]
) -> None:
    said = found(store, restless(seconds), 5000)
    assert brief(said) == [("bed-unsteady", "d1", each, each, "holds") for each in at]


@pytest.mark.parametrize(("step", "faults"), [(59, 1), (60, 0)])
def test_a_bed_that_holds_for_a_minute_has_settled(store: SqlStore, step: int, faults: int) -> None:
    assert len(found(store, restless(4000, step), 5000)) == faults


def test_a_fault_is_found_once_and_is_over_when_the_bed_has_settled(store: SqlStore) -> None:
    history = restless(3000).event("bed.exited", 3060)
    assert brief(found(store, history, 5000)) == [("bed-unsteady", "d1", 1800, 1800, "ended")]


@pytest.mark.parametrize(("until", "faults"), [(12 * HOUR, 1), (12 * HOUR - 1, 0)])
def test_sensors_that_contradict_each_other_for_twelve_hours_are_a_fault(
    store: SqlStore, until: int, faults: int
) -> None:
    said = found(store, two_sensors(), until)
    assert brief(said) == [("bed-contradiction", "a", 12 * HOUR, 12 * HOUR, "holds")][:faults]


@pytest.mark.parametrize(
    ("kind", "device", "at", "states"),
    [
        ("bed.entered", "b", 12 * HOUR - 1, []),
        ("bed.entered", "b", 12 * HOUR + 1, ["ended"]),
        ("bed.exited", "a", 11 * HOUR, []),
        ("device.offline", "b", 11 * HOUR, []),
        ("bed.entered", "a", 11 * HOUR, ["holds"]),
        ("bed.vitals", "a", 11 * HOUR, ["holds"]),
    ],
)
def test_what_ends_a_contradiction(
    store: SqlStore, kind: str, device: str, at: int, states: list[str]
) -> None:
    said = found(store, two_sensors().event(kind, at, device=device), 13 * HOUR)
    assert [each.state.value for each in said] == states


def test_each_bed_has_troubles_of_its_own(store: SqlStore) -> None:
    """Another bed that is entered once neither begins the half hour nor ends what was found in it."""
    history = History().resident().device().device("d2", place="parlour")
    for number, at in enumerate(range(0, 1801, 50)):
        history.event("bed.exited" if number % 2 else "bed.entered", at)
        if at == 900:
            history.event("bed.entered", at + 10, device="d2")
    history.event("bed.exited", 1840, device="d2")
    assert brief(found(store, history, 5000)) == [("bed-unsteady", "d1", 1800, 1800, "holds")]


def test_it_is_the_matter_of_the_device_and_low(store: SqlStore) -> None:
    [fault] = found(store, two_sensors(), 13 * HOUR)
    assert (subject_of(fault), fault.severity, fault.policy) == ("device:a", Severity.LOW, "digest")
    assert set(fault.titles) == {"zh-CN", "bo", "en"}
    assert fault.evidence.figures == {"hours": 12, "sensors": ["a", "b"]}


def test_a_replay_of_a_rulebook_says_nothing_of_devices() -> None:
    assert restless(3600).end(20 * HOUR - 1).found(BOOK) == []
    assert two_sensors().end(20 * HOUR - 1).found(BOOK) == []
