"""`quota` against brute force, and its thresholds in pairs."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from services.domain.instants import parse_instant
from tests.oracle.facts import told
from tests.oracle.quota import QuotaRule, say, spans
from tests.unit.rules.cast import History, rulebook
from tests.unit.rules.oracle.nights import MANY, agree
from tests.unit.rules.oracle.timelines import Cast, timelines

ZONES = ["Asia/Shanghai", "Europe/Berlin", "America/St_Johns", "America/Sao_Paulo"]
"""St John's once moved its clock at a minute past midnight, São Paulo at midnight: a day without 00:00."""
STARTS = [
    "2024-02-25T12:00:00Z",
    "2025-03-28T00:00:00Z",
    "2025-10-24T03:00:00Z",
    "2010-11-05T12:00:00Z",
    "2017-10-13T00:00:00Z",
    "2024-12-30T00:00:00Z",
]
CAST = Cast(
    sends=[("visit.completed", None, "r1", {})] * 6
    + [("visit.completed", None, "r2", {}), ("meal.ordered", None, "r1", {})],
    residents=["r1", "r2"],
    overrides=[
        ("visits", "at_least", 1),
        ("visits", "at_least", 3),
        ("visits", "at_least", None),
        ("visits", "enabled", False),
        ("visits", "enabled", True),
    ],
    late_for=(0, 0, 0, 1, 3600, 86400, 10 * 86400, 400 * 86400, 400 * 86400 + 1),
)


@st.composite
def drawn(draw: st.DrawFn) -> tuple[History, QuotaRule]:
    zone = ZoneInfo(draw(st.sampled_from(ZONES)))
    start = parse_instant(draw(st.sampled_from(STARTS)))
    period = draw(st.sampled_from(["week", "month", "month", "quarter", "year"]))
    warn_days = draw(st.sampled_from([0, 1, 7, 7]))
    rule = QuotaRule("visits", "visit.completed", draw(st.integers(1, 2)), period, warn_days, zone)
    some = list(spans(period, zone, start, start + timedelta(days=800 if period == "year" else 200)))[:5]
    instants: set[datetime] = set()
    for span in some:
        instants |= {span.begin, span.begin + (span.end - span.begin) / 2, span.end}
        instants |= {span.warning(days) for days in (1, 7)}
        instants |= {span.begin + timedelta(days=3, hours=5), span.end - timedelta(days=2)}
    history = draw(timelines(CAST, zone.key, sorted(instants)))
    if warn_days and draw(st.booleans()):
        _moved(draw, history)
    return history, rule


def _moved(draw: st.DrawFn, history: History) -> None:
    """Once an override moves the warning."""
    timed = [number for number, line in enumerate(history.lines) if "received_at" in line]
    place = draw(st.sampled_from(timed[:-1]))
    value = draw(st.sampled_from(["1d", "3d", "6d"]))
    line = {"type": "override", "resident": "r1", "rule": "visits", "key": "warn", "value": value}
    history.lines.insert(place + 1, {**line, "received_at": history.lines[place]["received_at"]})


@MANY
@given(drawn())
def test_a_quota_is_what_brute_force_says(case: tuple[History, QuotaRule]) -> None:
    history, rule = case
    warn = f", warn: {rule.warn_days}d" if rule.warn_days else ""
    book = rulebook(
        f"id: visits, quota: visit.completed, at_least: {rule.at_least}, per: {rule.period}{warn}",
        timezone=rule.zone.key,
    )
    story = told(history.lines, rule.zone)
    agree(history, book, [*say(story, rule, "r1"), *say(story, rule, "r2")])
