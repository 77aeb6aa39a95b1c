"""Why, over random weeks: it says *found* where a replay has a Finding about that instant and nowhere else,
and is never at a loss for words.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.console.pages.texts import Texts
from services.console.pages.why import SENTENCES, sentences
from services.domain.events import Event
from services.domain.findings import Finding, Trigger
from services.domain.instants import parse_instant, start_of_day
from services.domain.people import Language
from services.rules.because import UNSAID, Because
from services.rules.history import read_history
from services.rules.reading import read_rulebook
from services.rules.replay import play
from services.rules.why.answer import FOUND, Answer, Asked, answer
from services.rules.why.rerun import rerun
from services.rules.why.told import rule_named
from tests.unit.rules.cast import SHANGHAI, TWO, rulebook
from tests.unit.rules.test_live_loop import some_week

BOOK = rulebook(
    'id: call, on: call_button.pressed, between: "06:00-22:00", alert: call-button, severity: high',
    "id: out, on: bed.exited, settle: 60s, unless: bed.entered, for: 20m, severity: high",
    "id: door, on: door.opened, unless: door.closed, for: 5m, severity: low",
    "id: doors, on: door.opened, unless: door.closed, for: 5m, per: device",
    "id: meal, on: meal.ordered, unless: meal.collected, until: '13:00', severity: low",
    "id: many, on: bed.exited, settle: 60s, count: 3, within: 2h, severity: high",
    'id: not-up, missing: bed.exited, settle: 30m, from: "04:00", by: "10:00", while: bed.entered',
    "id: fast, on: bed.vitals, where: event.data.heart_rate > 110, for: 5m",
    "id: high, on: bed.vitals, where: event.data.heart_rate > 125",
    "id: quiet, silent: any, for: 3h, per: device, severity: low",
    "id: seen, silent: visit.completed, for: 2d",
    "id: visits, quota: visit.completed, at_least: 2, per: week, warn: 2d, severity: medium",
)
READ = read_rulebook(BOOK, "test")
RULES = [rule.id for rule in READ.rules]
SEEDS = 12


@lru_cache(maxsize=SEEDS)
def week(seed: int) -> tuple[tuple[Event, ...], datetime, tuple[Finding, ...]]:
    """What happens, when it ends, and what a replay finds."""
    texts = some_week(seed).texts()
    lines = list(read_history(texts))
    events = tuple(line.event for line in lines if line.event is not None)
    return events, lines[-1].received_at, play(READ, texts).findings


def ask(seed: int, rule: str, resident: str, at: datetime) -> Answer:
    events, end, findings = week(seed)
    by_id = {event.id: event for event in reversed(events)}
    asked = rule_named(rule, [READ])
    seen = rerun([READ], SHANGHAI, asked, resident, at, events, by_id.get, end)
    # To be asked changes nothing of what is found.
    assert {each.id: each for each in seen.findings if each.rule == rule} == {
        each.id: each for each in findings if (each.rule, each.resident_id) == (rule, resident)
    }
    return answer(seen, resident, at)


def began_at(finding: Finding) -> datetime:
    """Since when what a Finding is about goes on, by its own evidence."""
    figures = finding.evidence.figures
    if finding.trigger is Trigger.QUOTA:
        return start_of_day(datetime.fromisoformat(figures["period_starts_on"]).date(), SHANGHAI)
    if finding.trigger is Trigger.MISSING:
        return parse_instant(figures["window_from"])
    if finding.trigger is Trigger.SILENT:
        return parse_instant(figures["heard_at"])
    names = {Trigger.UNLESS: "waited_seconds", Trigger.COUNT: "span_seconds", Trigger.WHERE: "run_seconds"}
    name = names.get(finding.trigger)
    return finding.at if name is None else finding.at - timedelta(seconds=figures[name])


INSTANTS = st.one_of(
    st.integers(-10_000, 700_000).map(lambda seconds: TWO + timedelta(seconds=seconds)),
    st.tuples(st.integers(0, 500), st.booleans(), st.sampled_from([-60, -1, 0, 1, 60])),
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, SEEDS - 1), st.sampled_from(RULES), st.sampled_from(["r1", "r2"]), INSTANTS)
def test_it_says_found_where_a_replay_has_a_finding_about_that_instant(
    seed: int, rule: str, resident: str, when: datetime | tuple[int, bool, int]
) -> None:
    *_, findings = week(seed)
    own = [each for each in findings if (each.rule, each.resident_id) == (rule, resident)]
    if isinstance(when, datetime):
        at = when
    else:
        number, at_its_end, seconds = when
        near = own[number % len(own)] if own else None
        edge = TWO if near is None else near.at if at_its_end else began_at(near)
        at = edge + timedelta(seconds=seconds)
    asked = Asked(at)
    about = {each.id for each in own if began_at(each) <= asked.until and at <= each.at}
    said_why = ask(seed, rule, resident, at)
    named = {each.finding_id for each in said_why.reasons if each.because in FOUND and asked.meets(each)}
    assert said_why.found is bool(about)
    assert named <= about
    assert said_why.reasons
    assert all(each.because is not Because.RULE_FAILED for each in said_why.reasons)
    for language in Language:
        for said in sentences(Texts(language, SHANGHAI), said_why):
            assert UNSAID not in said
            assert "{" not in said


@pytest.mark.parametrize("rule", RULES)
def test_each_finding_is_found_at_its_own_instant(rule: str) -> None:
    *_, findings = week(7)
    for finding in [each for each in findings if each.rule == rule and each.resident_id is not None][:12]:
        said_why = ask(7, rule, finding.resident_id or "", finding.at)
        named = {each.finding_id for each in said_why.reasons if each.because in FOUND}
        assert finding.id in named


def test_every_reason_stands_on_its_page() -> None:
    page = (Path(__file__).parents[3] / "docs" / "why.md").read_text(encoding="utf-8")
    assert [each.value for each in Because if f"`{each.value}`" not in page] == []


def test_every_reason_has_a_sentence() -> None:
    assert set(SENTENCES) == set(Because)
    assert all(isinstance(each, str) for each in SENTENCES.values())
