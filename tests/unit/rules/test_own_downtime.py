"""While the house was down nobody met a deadline: it waits for what the broker kept, and is told late."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from services.domain.findings import Finding, FindingReason, FindingState
from services.domain.ports import Store
from services.domain.stepping import settle
from services.rules.history import read_history
from services.rules.missed import MISSED
from services.rules.run import RulesLoop
from services.storage.store import SqlStore
from tests.stores import sqlite_store
from tests.unit.rules.cast import SHANGHAI, TWO, History, in_bed, rulebook
from tests.unit.rules.live import Live

OUT = "id: out, on: bed.exited, unless: bed.entered, for: 20m, severity: high"
UP = 'id: not-up, missing: bed.exited, from: "04:00", by: "10:00", severity: medium'
CALL = "id: call, on: call_button.pressed, severity: high"
DOOR = "id: door, on: door.opened, settle: 5m, severity: low"
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    opened = sqlite_store(tmp_path)
    yield opened
    opened.close()


class House:
    """A loop that waits for the broker's backlog; it goes down, and comes back later."""

    def __init__(self, store: Store, history: History, *rules: str) -> None:
        self.live = Live(store, {"test.yaml": rulebook(*rules)}, TWO - 2 * HOUR)  # type: ignore[arg-type]
        self._numbers = 0
        for line in read_history(history.texts()):
            self.live.take(line)
        settle([self.live.loop])

    def comes_back(self, after: timedelta) -> None:
        """It starts so long after two; nothing worked before that since the last event."""
        self.live.clock.move_to(TWO + after)
        self.live.loop = RulesLoop(
            self.live.store, self.live.clock, lambda: self.live.texts, SHANGHAI, waits_for_backlog=True
        )
        settle([self.live.loop])

    def waits(self, length: timedelta) -> None:
        for _ in range(int(length.total_seconds())):
            self.live.clock.move_to(self.live.clock.now() + SECOND)
            settle([self.live.loop])

    def hears(self, kind: str, happened: timedelta, device: str | None = "d1") -> None:
        """The broker hands out what it kept."""
        self._numbers += 1
        history = History().event(kind, happened.total_seconds(), device=device, id=f"kept-{self._numbers}")
        for line in read_history(history.texts()):
            assert line.event is not None
            event = replace(line.event, received_at=self.live.clock.now(), dedupe_key=line.event.id, seq=0)
            with self.live.store.writing() as uow:
                uow.events.append([event])
        settle([self.live.loop])

    def told(self) -> list[tuple[str, timedelta, timedelta, FindingState, FindingReason | None]]:
        return [
            (each.rule, each.at - TWO, each.raised_at - each.at, each.state, each.reason)
            for each in self.found()
        ]

    def found(self) -> list[Finding]:
        return self.live.findings()


def out_at_two() -> History:
    return in_bed().event("bed.exited", 0)


def test_what_still_holds_after_an_hour_is_told_and_says_how_late(store: SqlStore) -> None:
    house = House(store, out_at_two(), OUT)
    house.comes_back(after=HOUR)
    assert house.told() == []
    house.waits(5 * SECOND)
    late_for = 40 * MINUTE + 5 * SECOND
    assert house.told() == [("out", 20 * MINUTE, late_for, FindingState.HOLDS, FindingReason.LATE)]
    assert MISSED not in house.found()[0].evidence.figures, "it is the only one"


def test_what_the_broker_kept_prevents_what_would_have_been_missed(store: SqlStore) -> None:
    house = House(store, out_at_two(), OUT)
    house.comes_back(after=HOUR)
    house.waits(3 * SECOND)
    house.hears("bed.entered", happened=10 * MINUTE)
    house.waits(2 * MINUTE)
    assert house.told() == []


@pytest.mark.parametrize("changed", [OUT.replace("20m", "25m"), OUT + ", settle: 60s"])
def test_a_rule_that_was_changed_meanwhile_waits_for_what_the_broker_kept_too(
    store: SqlStore, changed: str
) -> None:
    house = House(store, out_at_two(), OUT)
    house.live.texts = {"test.yaml": rulebook(changed)}
    house.comes_back(after=HOUR)
    house.waits(3 * SECOND)
    house.hears("bed.entered", happened=10 * MINUTE)
    house.waits(2 * MINUTE)
    assert house.told() == []


def test_what_no_longer_holds_when_it_could_be_told_tells_nobody(store: SqlStore) -> None:
    house = House(store, out_at_two(), OUT)
    house.comes_back(after=HOUR)
    house.hears("bed.entered", happened=30 * MINUTE)
    house.waits(2 * MINUTE)
    [(_, at, _, state, reason)] = house.told()
    assert (at, state, reason) == (20 * MINUTE, FindingState.STALE, FindingReason.NO_LONGER_HOLDS)


def test_a_backlog_without_end_is_waited_for_a_minute(store: SqlStore) -> None:
    house = House(store, out_at_two().device("m1", "motion_sensor"), OUT)
    house.comes_back(after=HOUR)
    for second in range(59):
        house.waits(SECOND)
        house.hears("motion.detected", happened=HOUR + second * SECOND, device="m1")
    assert house.told() == []
    house.waits(SECOND)
    assert [(each[0], each[2]) for each in house.told()] == [("out", 41 * MINUTE)]


def test_a_press_waits_for_no_backlog(store: SqlStore) -> None:
    house = House(store, out_at_two().device("b1", "call_button"), OUT, CALL)
    house.comes_back(after=HOUR)
    house.hears("call_button.pressed", happened=HOUR, device="b1")
    assert [(each[0], each[2], each[4]) for each in house.told()] == [("call", timedelta(0), None)]


def test_of_three_mornings_that_were_missed_the_last_is_told_and_names_the_others(store: SqlStore) -> None:
    house = House(store, in_bed(), UP)
    house.comes_back(after=3 * 24 * HOUR)
    house.waits(10 * SECOND)
    [found] = house.found()
    assert (found.at - TWO, found.reason) == (2 * 24 * HOUR + 8 * HOUR, FindingReason.LATE)
    named = [each["at"] for each in found.evidence.figures["missed"]]
    assert named == ["2025-07-23T02:00:00Z", "2025-07-24T02:00:00Z"]


def test_events_that_had_not_settled_are_each_told(store: SqlStore) -> None:
    history = History().resident().device("x1", "door_sensor").device("x2", "door_sensor")
    history = history.event("door.opened", 0, device="x1").event("door.opened", 1, device="x2")
    house = House(store, history, DOOR)
    house.comes_back(after=HOUR)
    house.waits(10 * SECOND)
    assert [(at, reason) for _, at, _, _, reason in house.told()] == [
        (timedelta(0), FindingReason.LATE),
        (SECOND, FindingReason.LATE),
    ]


def test_what_is_due_after_the_backlog_is_in_is_not_late(store: SqlStore) -> None:
    house = House(store, out_at_two(), OUT)
    house.comes_back(after=19 * MINUTE)
    house.waits(3 * MINUTE)
    assert house.told() == [("out", 20 * MINUTE, timedelta(0), FindingState.HOLDS, None)]


def test_a_machine_that_slept_was_as_good_as_down(store: SqlStore) -> None:
    house = House(store, out_at_two(), OUT)
    house.comes_back(after=MINUTE)
    house.waits(10 * SECOND)
    house.live.clock.move_to(TWO + HOUR)
    settle([house.live.loop])
    house.hears("bed.entered", happened=10 * MINUTE)
    house.waits(2 * MINUTE)
    assert house.told() == []


def test_a_second_death_while_it_waits_loses_nothing(store: SqlStore) -> None:
    house = House(store, out_at_two(), OUT)
    house.comes_back(after=HOUR)
    house.waits(2 * SECOND)
    house.comes_back(after=2 * HOUR)
    house.waits(10 * SECOND)
    assert [(each[1], each[4]) for each in house.told()] == [(20 * MINUTE, FindingReason.LATE)]
