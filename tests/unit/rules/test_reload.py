"""Reload: what another revision does to rules that are running, trigger by trigger, on the loop."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from services.domain.instants import parse_instant
from services.storage.store import SqlStore
from tests.stores import sqlite_store
from tests.unit.rules.cast import TWO, History, rulebook
from tests.unit.rules.told import Told

OUT = "id: out, on: bed.exited, unless: bed.entered, for: 20m, severity: high"
MANY = "id: many, on: door.opened, count: 3, within: 1h, severity: high"
FAST = "id: fast, on: bed.vitals, where: event.data.heart_rate > 110, for: 5m"
QUIET = "id: quiet, silent: any, for: 1h, per: device"
NOT_UP = "id: not-up, missing: bed.exited, from: '04:00', by: '10:00', while: bed.entered"
VISITS = "id: visits, quota: visit.completed, at_least: 2, per: month, warn: 7d"
PLAIN = "id: plain, on: door.opened"
OTHER = "id: other, on: leak.detected"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    opened = sqlite_store(tmp_path)
    yield opened
    opened.close()


def clock(wall: str) -> datetime:
    """An instant of the day of the worked examples, in Shanghai."""
    return parse_instant(f"2025-07-23T{wall}+08:00")


# ---------------------------------------------------------------- what is unchanged keeps its state


def test_a_rule_that_is_as_it_was_keeps_what_events_alone_would_not_tell(store: SqlStore) -> None:
    told = Told(store, MANY, OTHER)
    for at in (0, 10, 20):
        told.event("door.opened", at, device="door")
    told.reload(MANY, OTHER.replace("leak", "smoke"), at=30)
    told.event("door.opened", 60, device="door")
    told.event("door.opened", 70, device="door")
    assert len(told.found("many")) == 1  # the first three stay used up


def test_another_zone_of_the_rulebook_reckons_its_deadlines_anew(store: SqlStore) -> None:
    told = Told(store, NOT_UP)
    with store.writing() as uow:
        states = uow.states.load_for("r1")
    told.until(0)
    told.live.texts["test.yaml"] = rulebook(NOT_UP, timezone="Asia/Kolkata")
    told.until(2)
    with store.writing() as uow:
        after = {state.at: state.due_at for state in uow.states.load_for("r1")}
    [before] = [state for state in states if state.at.rule == "test/not-up"]
    # The resident's own zone goes before the rulebook's, so nothing moves for somebody who has one.
    assert after[before.at] == before.due_at


# ---------------------------------------------------------------- another number


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("20m", "5m", [(300, 601, "holds")]),  # lies in the past: met at once
        ("20m", "15m", [(900, 900, "holds")]),
        ("20m", "40m", [(2400, 2400, "holds")]),
        ("5m", "20m", [(300, 300, "holds")]),  # what was found stays, and once
    ],
)
def test_unless_another_for(store: SqlStore, before: str, after: str, found: list[Any]) -> None:
    told = Told(store, OUT.replace("20m", before))
    told.event("bed.exited", 0)
    told.reload(OUT.replace("20m", after), at=600)
    told.until(5000)
    said = told.seconds()
    assert [(at, state) for at, _, state in said] == [(at, state) for at, _, state in found]
    assert [raised for _, raised, _ in said] == pytest.approx([raised for _, raised, _ in found], abs=1)


@pytest.mark.parametrize(("seconds", "found"), [(599, 0), (600, 1)])
def test_a_new_rule_finds_what_is_due_as_it_is_loaded_and_nothing_before(
    store: SqlStore, seconds: int, found: int
) -> None:
    told = Told(store, OTHER)
    told.event("bed.exited", 0)
    told.reload(OTHER, OUT.replace("20m", f"{seconds}s"), at=600)
    told.until(5000)
    assert told.seconds() == [(600, 600, "holds")] * found


def test_missing_another_by_that_lies_in_the_past_is_met_at_once(store: SqlStore) -> None:
    told = Told(store, NOT_UP)
    told.reload(NOT_UP.replace("10:00", "08:30"), at=clock("09:00:00"))
    told.until(clock("23:00:00"))
    [found] = told.found()
    assert found.at == clock("08:30:00")
    assert found.raised_at <= clock("09:00:02")


def test_missing_a_day_that_was_judged_is_not_judged_again(store: SqlStore) -> None:
    told = Told(store, NOT_UP.replace("10:00", "08:30"))
    told.reload(NOT_UP, at=clock("09:00:00"))
    told.until(clock("23:00:00"))
    assert [each.at for each in told.found()] == [clock("08:30:00")]


def test_silent_another_for(store: SqlStore) -> None:
    told = Told(store, QUIET.replace("1h", "3h"))
    told.reload(QUIET.replace("1h", "90m"), at=0)
    told.until(5000)
    assert told.seconds() == [(-3600 + 5400, -3600 + 5400, "holds")]


def test_a_lowered_count_waits_for_the_next_event(store: SqlStore) -> None:
    told = Told(store, MANY)
    told.event("door.opened", 0, device="door")
    told.event("door.opened", 10, device="door")
    told.reload(MANY.replace("3", "2"), at=20)
    told.until(100)
    assert told.found() == []
    told.event("door.opened", 200, device="door")
    assert [each.evidence.figures["count"] for each in told.found()] == [2]


def test_where_a_shorter_for_that_is_past_is_met_at_once(store: SqlStore) -> None:
    told = Told(store, FAST)
    for at in (0, 100, 200):
        told.event("bed.vitals", at, data={"heart_rate": 120})
    told.reload(FAST.replace("5m", "2m"), at=210)
    assert [(at, raised_at) for at, raised_at, _ in told.seconds()] == [(200, 210)]
    told.event("bed.vitals", 260, data={"heart_rate": 120})
    assert len(told.found()) == 1


def test_quota_another_number(store: SqlStore) -> None:
    told = Told(store, VISITS)
    told.happens(History().visit(0))
    told.reload(VISITS.replace("2", "1"), at=60)
    told.until(parse_instant("2025-08-02T00:00:00+08:00"))
    assert told.found() == []


# ---------------------------------------------------------------- new and changed rules are warmed


@pytest.mark.parametrize(
    ("rule", "happen", "found"),
    [
        (OUT, lambda told: told.event("bed.exited", 0), [1200]),
        (QUIET, lambda told: told.event("bed.vitals", 0, data={}), [3600]),
        (MANY, lambda told: [told.event("door.opened", at, device="door") for at in (0, 10)], []),
        (FAST, lambda told: [told.event("bed.vitals", at, data={"heart_rate": 120}) for at in (0, 200)], []),
        (NOT_UP, lambda _told: None, [28800]),
        (
            PLAIN.replace("door.opened", "door.opened, settle: 60s"),
            lambda told: told.event("door.opened", 0, device="door"),
            [],
        ),
    ],
)
def test_a_new_rule_knows_what_was_stored_before_it(
    store: SqlStore, rule: str, happen: Callable[[Told], object], found: list[float]
) -> None:
    told = Told(store, OTHER)
    happen(told)
    told.reload(OTHER, rule, at=300)
    told.until(30_000)
    assert [at for at, _, _ in told.seconds()] == found


def test_a_set_and_a_run_that_began_before_a_new_rule_are_completed_after_it(store: SqlStore) -> None:
    told = Told(store, OTHER)
    for at in (0, 10):
        told.event("door.opened", at, device="door")
    for at in (20, 220):
        told.event("bed.vitals", at, data={"heart_rate": 120})
    told.reload(OTHER, MANY, FAST, at=300)
    told.event("bed.vitals", 330, data={"heart_rate": 120})
    told.event("door.opened", 340, device="door")
    assert [(each.rule, (each.at - TWO).total_seconds()) for each in told.found()] == [
        ("fast", 330),
        ("many", 340),
    ]


def test_what_a_new_rule_would_have_found_before_is_not_raised(store: SqlStore) -> None:
    told = Told(store, OTHER)
    told.event("bed.exited", -3000)
    for at in (-2900, -2890, -2880):
        told.event("door.opened", at, device="door")
    told.event("bed.entered", -2000)
    for at in (-1900, -1700, -1500):
        told.event("bed.vitals", at, data={"heart_rate": 120})
    rules = [
        OUT,
        MANY,
        FAST.replace("5m", "3m"),
        QUIET.replace("1h", "10m"),
        NOT_UP.replace("10:00", "01:30"),
    ]
    rules[-1] = rules[-1].replace("04:00", "00:30")
    told.reload(OTHER, *rules, PLAIN, at=0)
    assert told.found() == []
    told.event("door.opened", 100, device="door")
    assert [each.rule for each in told.found()] == ["plain"]  # the three before are used up


def test_a_late_event_finds_nothing_that_lies_before_a_new_rule(store: SqlStore) -> None:
    told = Told(store, OTHER)
    for at in (-400, -390):
        told.event("door.opened", at, device="door")
    told.reload(OTHER, MANY, OUT, at=0)
    told.event("door.opened", -380, device="door", received=100)
    told.event("bed.exited", -3000, received=110)
    told.until(4000)
    assert [each.rule for each in told.found()] == []


def test_what_lies_before_is_raised_where_the_rule_as_it_was_had_a_watch_open(store: SqlStore) -> None:
    told = Told(store, OUT)
    told.event("bed.exited", 0)
    told.reload(OUT.replace("20m", "5m, between: '22:00-06:00'"), at=600)
    told.until(5000)
    assert [(at, state) for at, _, state in told.seconds()] == [(300, "holds")]
    assert told.seconds()[0][1] >= 600


def test_missing_with_another_shape_judges_a_day_that_was_still_to_be_judged(store: SqlStore) -> None:
    told = Told(store, NOT_UP)
    told.reload(NOT_UP.replace("10:00", "08:30") + ", settle: 30m", at=clock("09:00:00"))
    told.until(clock("23:00:00"))
    assert [each.at for each in told.found()] == [clock("08:30:00")]


def test_missing_with_another_shape_judges_no_day_twice(store: SqlStore) -> None:
    told = Told(store, NOT_UP.replace("10:00", "08:30"))
    told.reload(NOT_UP + ", settle: 30m", at=clock("09:00:00"))
    told.until(clock("23:00:00"))
    assert [each.at for each in told.found()] == [clock("08:30:00")]


def test_what_was_found_before_still_ends_and_is_withdrawn(store: SqlStore) -> None:
    told = Told(store, OUT, QUIET, NOT_UP)
    told.event("bed.exited", 0)
    told.until(clock("12:00:00"))
    told.reload(
        OUT.replace("20m", "30m, settle: 60s"),
        QUIET.replace("1h", "2h, device_types: [bed_sensor]"),
        NOT_UP + ", settle: 30m",
        at=clock("12:00:00"),
    )
    before = {each.rule: each.state.value for each in told.found()}
    assert before == {"out": "holds", "quiet": "holds"}
    told.event("bed.entered", 36_100)
    told.until(36_500)
    assert {each.rule: each.state.value for each in told.found()} == {"out": "ended", "quiet": "ended"}


def test_a_run_that_was_found_ends_with_it_and_is_found_once(store: SqlStore) -> None:
    told = Told(store, FAST)
    for at in (0, 200, 400):
        told.event("bed.vitals", at, data={"heart_rate": 130})
    told.reload(FAST.replace("110", "100"), at=410)
    told.event("bed.vitals", 500, data={"heart_rate": 130})
    assert told.seconds() == [(400, 400, "holds")]
    told.event("bed.vitals", 600, data={"heart_rate": 60})
    assert [state for _, _, state in told.seconds()] == ["ended"]


def test_a_run_that_the_rule_as_it_is_now_does_not_see_is_over(store: SqlStore) -> None:
    told = Told(store, FAST)
    for at in (0, 200, 400):
        told.event("bed.vitals", at, data={"heart_rate": 120})
    told.reload(FAST.replace("110", "125"), at=410)
    assert [state for _, _, state in told.seconds()] == ["ended"]


def test_what_was_used_up_stays_used_up(store: SqlStore) -> None:
    told = Told(store, MANY)
    for at in (0, 10, 20):
        told.event("door.opened", at, device="door")
    told.reload(MANY.replace("count: 3", "count: 4, settle: 1s"), at=100)
    told.event("door.closed", 200, device="door")
    told.event("door.opened", 300, device="door")
    told.until(400)
    assert len(told.found()) == 1


def test_a_quota_judges_no_period_twice(store: SqlStore) -> None:
    told = Told(store, VISITS)
    told.until(parse_instant("2025-08-01T09:00:00+08:00"))
    assert [each.reason for each in told.found()] == ["warn", None]
    told.reload(
        VISITS + ", for_residents: resident.id != 'somebody else'",
        at=parse_instant("2025-08-01T10:00:00+08:00"),
    )
    told.until(parse_instant("2025-08-02T00:00:00+08:00"))
    assert len(told.found()) == 2
    told.happens(History().visit("2025-07-10T10:00:00+08:00", "2025-08-02T10:00:00+08:00"))
    told.happens(History().visit("2025-07-11T10:00:00+08:00", "2025-08-02T10:00:00+08:00"))
    told.until(parse_instant("2025-08-03T00:00:00+08:00"))
    assert "withdrawn" in {each.state.value for each in told.found()}


def test_switching_off_ends_running_watches_and_switching_on_finds_nothing_old(store: SqlStore) -> None:
    told = Told(store, OUT)
    told.event("bed.exited", 0)
    told.reload(OUT + ", enabled: false", at=100)
    told.reload(OUT, at=200)
    told.until(1000)
    assert told.found() == []


def test_a_device_that_belongs_to_nobody_is_still_listened_for(store: SqlStore) -> None:
    told = Told(store, OTHER)
    told.happens(
        History().device("gw", "gateway", None).event("device.online", 10, device="gw", resident=None)
    )
    told.reload(OTHER, QUIET, at=100)
    told.until(5000)
    assert [each.device_id for each in told.found() if each.device_id == "gw"] == ["gw"]


def test_what_was_measured_last_stands_in_the_evidence_of_a_run(store: SqlStore) -> None:
    told = Told(store, "id: fast, on: bed.vitals, where: event.data.heart_rate > 110, for: 5m")
    for at, rate in ((0, 115), (200, 120), (300, 125)):
        told.event("bed.vitals", at, data={"heart_rate": rate})
    [found] = told.found("fast")
    figures = found.evidence.figures
    assert (figures["run_seconds"], figures["readings"]) == (300, 3)
    assert figures["values"] == {"event.data.heart_rate": 125}
