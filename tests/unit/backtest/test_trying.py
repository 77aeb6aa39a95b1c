"""What a backtest says of small histories whose figures are known."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.domain.backtests import NoteKind, Tally
from services.domain.findings import BUILT_IN, Severity
from services.domain.instants import format_instant
from services.rules.faults import RulebookFaults
from services.rules.history import read_history
from services.rules.reading import read_rulebook
from services.rules.trial import Trial
from tests.contracts.cast import finding
from tests.unit.backtest.house import LivedThrough
from tests.unit.rules.cast import SHANGHAI, TWO, History, in_bed, rulebook

NIGHT = 'between: "22:00-06:00"'
TWENTY = rulebook(f"id: out, on: bed.exited, unless: bed.entered, for: 20m, {NIGHT}, severity: high")
FORTY = TWENTY.replace("20m", "40m")
DAY = 86_400


def a_walk_of(minutes: float) -> History:
    history = in_bed().event("bed.exited", 0).event("bed.entered", minutes * 60)
    return history.end(DAY)


def test_the_rulebook_at_work_would_have_said_what_it_said(tmp_path: Path) -> None:
    found = LivedThrough(tmp_path, a_walk_of(30), TWENTY).tried(TWENTY)
    assert found.calls == Tally(1, 1)
    assert found.calls_at_night == Tally(1, 1)
    assert found.pages.now == found.pages.would == 2  # the first step, and the second at the accept


def test_a_longer_wait_would_not_have_called(tmp_path: Path) -> None:
    found = LivedThrough(tmp_path, a_walk_of(30), TWENTY).tried(FORTY)
    assert found.calls == Tally(now=1, would=0, only_now=1)
    [rule] = found.rules
    assert sum(rule.hours_now) == 1
    assert rule.hours_now[2] == 1
    assert sum(rule.hours_would) == 0


def test_another_number_moves_the_instant_and_not_the_matter(tmp_path: Path) -> None:
    found = LivedThrough(tmp_path, a_walk_of(50), TWENTY).tried(FORTY)
    assert found.calls == Tally(now=1, would=1)


def test_what_was_raised_before_the_days_is_counted_on_neither_side(tmp_path: Path) -> None:
    house = LivedThrough(tmp_path, a_walk_of(30).end(3 * DAY), TWENTY)
    assert house.tried(TWENTY, days=2).calls == Tally()
    assert house.tried(TWENTY, days=3).calls == Tally(1, 1)


def test_a_watch_that_began_before_the_days_is_known(tmp_path: Path) -> None:
    house = LivedThrough(tmp_path, in_bed().event("bed.exited", 0).end(1260), TWENTY)
    until = TWO + timedelta(days=1, minutes=10)
    assert house.tried(TWENTY, days=1, until=until).calls.would == 1


def test_who_lay_down_weeks_ago_still_lies_there(tmp_path: Path) -> None:
    book = rulebook('id: up, missing: bed.exited, from: "04:00", by: "10:00", while: bed.entered')
    house = LivedThrough(tmp_path, in_bed().end(20 * DAY), book)
    found = house.tried(book, days=2)
    assert found.calls == Tally(2, 2)


def test_presses_that_no_rule_takes_are_the_floors(tmp_path: Path) -> None:
    history = History().resident().device("b1", "call_button").event("call_button.pressed", 0, device="b1")
    found = LivedThrough(tmp_path, history.end(60), TWENTY).tried(TWENTY)
    assert found.calls == Tally(1, 1)
    assert [(each.rule, each.is_in_rulebook) for each in found.rules] == [("out", True), ("floor", False)]


def test_faults_that_the_house_finds_by_itself_are_there_whatever_is_tried(tmp_path: Path) -> None:
    house = LivedThrough(tmp_path, a_walk_of(10), TWENTY)
    fault = finding("fault", rulebook=BUILT_IN, rule="bed-contradicts", raised_at=TWO + timedelta(hours=9))
    with house.store.writing() as uow:
        uow.findings.add([replace(fault, severity=Severity.LOW, resident_id="r1")])
    found = house.tried(TWENTY)
    assert found.calls == Tally()
    assert (found.pages.alerts_now, found.pages.alerts_would) == (1, 1)


def test_an_unknown_policy_is_named_with_what_stands_in(tmp_path: Path) -> None:
    book = TWENTY.replace("severity: high", "severity: high, policy: nobodys")
    notes = LivedThrough(tmp_path, a_walk_of(30)).tried(book).notes
    [note] = [each for each in notes if each.kind is NoteKind.POLICY_UNKNOWN]
    assert (note.rule, note.detail) == ("out", "nobodys → emergency")


def test_no_history_is_said(tmp_path: Path) -> None:
    house = LivedThrough(tmp_path, History().end(0))
    found = house.tried(TWENTY)
    assert [each.kind for each in found.notes] == [NoteKind.NO_HISTORY]
    assert len(found.by_day) == 31
    assert found.calls == Tally()


def test_days_beyond_the_history_are_said(tmp_path: Path) -> None:
    [note] = LivedThrough(tmp_path, a_walk_of(30)).tried(TWENTY).notes
    assert (note.kind, note.count) == (NoteKind.SHORTER_HISTORY, 1)


@pytest.mark.parametrize("days", [0, -1, 401])
def test_days_that_make_no_sense_are_refused(tmp_path: Path, days: int) -> None:
    with pytest.raises(ValueError, match="days from 1 to 400"):
        LivedThrough(tmp_path, a_walk_of(30)).tried(TWENTY, days=days)


def test_a_rulebook_with_faults_lists_them_all(tmp_path: Path) -> None:
    bad = rulebook("id: a, on: bed.exitedd", "id: b, on: bed.exited, setle: 60s")
    with pytest.raises(RulebookFaults) as refused:
        LivedThrough(tmp_path, a_walk_of(30)).tried(bad)
    assert len(refused.value.faults) == 2


# ---------------------------------------------------------------------- the same as a replay

BOOK = rulebook(
    f"id: out, on: bed.exited, settle: 60s, unless: bed.entered, for: 20m, {NIGHT}",
    "id: many, on: bed.exited, count: 3, within: 2h",
    'id: up, missing: bed.exited, from: "04:00", by: "10:00", while: bed.entered',
    "id: heart, on: bed.vitals, where: event.data.heart_rate > 110, for: 5m",
    "id: silent, silent: any, for: 2h, per: device",
    "id: visits, quota: visit.completed, at_least: 2, per: week, warn: 2d",
)
STEP = st.tuples(
    st.sampled_from(["bed.exited", "bed.entered", "bed.vitals", "visit", "away", "returned", "press"]),
    st.sampled_from([0, 1, 59, 60, 300, 1200, 1201, 7200, 30_000]),
    st.sampled_from([0, 0, 0, 60, 1200]),
)


def told(steps: list[tuple[str, int, int]]) -> History:
    history, now = History().resident().device().device("b1", "call_button"), 0
    for kind, wait, late in steps:
        now += wait
        if kind in {"away", "returned"}:
            history.at(kind, now, resident="r1", occurred_at=history.text(now - late))
        elif kind == "visit":
            history.visit(now - late, received=now)
        elif kind == "press":
            history.event("call_button.pressed", now - late, device="b1", received=now)
        else:
            history.event(kind, now - late, received=now, data={"heart_rate": 120} if late == 0 else {})
    return history.end(now + 2 * DAY)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(STEP, min_size=1, max_size=12))
def test_a_trial_finds_what_a_replay_finds(steps: list[tuple[str, int, int]]) -> None:
    history = told(steps)
    lines = list(read_history(history.texts()))
    events = {line.event.id: line.event for line in lines if line.event is not None}
    trial = Trial([read_rulebook(BOOK, "test.yaml")], SHANGHAI, events.get)
    trial.take(event for event in events.values() if event.kind in trial.kinds)
    trial.finish(lines[-1].received_at)
    found = sorted(
        (each.rule, format_instant(each.at), format_instant(each.raised_at), sorted(each.evidence.event_seqs))
        for each in trial.tried.findings.values()
        if each.rulebook != BUILT_IN or each.rule == "floor"
    )
    assert trial.tried.faults == []
    assert found == sorted(
        (each["rule"], each["at"], each["raised_at"], each["events"]) for each in history.found(BOOK)
    )
