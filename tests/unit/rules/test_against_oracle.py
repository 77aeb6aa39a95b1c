"""The engine against brute force: thousands of small histories, rebuilt from text between any two lines."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.domain.events import Json
from services.domain.instants import parse_instant
from tests.oracle import quota, settled, unless
from tests.oracle.happened import Happened, Said
from tests.unit.rules.cast import TWO, History, rulebook

MANY = settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
WATCH_FOR = timedelta(seconds=300)
TIMES = st.integers(0, 12).map(lambda steps: steps * 75)
"""Steps of a quarter of the watch, so that equal instants and exact boundaries are common."""


@st.composite
def arrivals(draw: st.DrawFn, kinds: tuple[str, ...], most: int = 9) -> list[tuple[str, int, int]]:
    """(kind, occurred, received) in the order of storing, some of them late or out of order."""
    rows = []
    received = 0
    for _ in range(draw(st.integers(1, most))):
        received += draw(st.sampled_from([0, 0, 1, 60, 75, 150, 300, 600]))
        late = draw(st.sampled_from([0, 0, 0, 1, 60, 75, 150, 299, 300, 301, 900]))
        rows.append((draw(st.sampled_from(kinds)), received - late, received))
    return rows


def history_of(rows: list[tuple[str, int, int]], until: int, restarts: set[int]) -> History:
    history = History().resident().device("d1", "door_sensor")
    for number, (kind, occurred, received) in enumerate(rows):
        device = "d1" if kind.startswith("door") else None
        history.event(kind, occurred, device=device, received=received)
        if number in restarts:
            history.at("restart", received)
    return history.end(until)


def happened(history: History) -> list[Happened]:
    return [
        Happened(seq, line["kind"], parse_instant(line["occurred_at"]), parse_instant(line["received_at"]))
        for seq, line in enumerate(history.lines, start=1)
        if line["type"] == "event"
    ]


def said(found: list[dict[str, Json]], rule: str | None = None) -> list[Said]:
    return sorted(
        (
            Said(
                parse_instant(each["at"]),
                parse_instant(each["raised_at"]),
                each["state"],
                each["reason"],
                tuple(each["events"]),
            )
            for each in found
            if rule is None or each["rule"] == rule
        ),
        key=lambda each: (each.raised_at, each.at, each.events),
    )


@MANY
@given(arrivals(("door.opened", "door.closed")), st.sets(st.integers(0, 8)))
def test_unless_is_what_brute_force_says(rows: list[tuple[str, int, int]], restarts: set[int]) -> None:
    history = history_of(rows, 5000, restarts)
    expected = unless.say(
        happened(history), "door.opened", "door.closed", WATCH_FOR, TWO + timedelta(seconds=5000)
    )
    found = history.found(rulebook("id: door, on: door.opened, unless: door.closed, for: 300s"))
    assert said(found) == sorted(expected, key=lambda each: (each.raised_at, each.at, each.events))


@MANY
@given(arrivals(("visit.completed",)), st.sets(st.integers(0, 8)))
def test_unless_the_same_kind_is_what_brute_force_says(
    rows: list[tuple[str, int, int]], restarts: set[int]
) -> None:
    history = history_of(rows, 5000, restarts)
    expected = unless.say(
        happened(history), "visit.completed", "visit.completed", WATCH_FOR, TWO + timedelta(seconds=5000)
    )
    found = history.found(rulebook("id: again, on: visit.completed, unless: visit.completed, for: 300s"))
    assert said(found) == sorted(expected, key=lambda each: (each.raised_at, each.at, each.events))


@MANY
@given(st.lists(st.tuples(st.sampled_from(["door.opened", "door.closed"]), st.integers(0, 60)), min_size=1))
def test_what_settles_is_what_brute_force_says(steps: list[tuple[str, int]]) -> None:
    rows, at = [], 0
    for kind, wait in steps:
        at += wait
        rows.append((kind, at, at))
    history = history_of(rows, at + 30, {number for number in range(len(rows)) if number % 2})
    book = rulebook("id: o, on: door.opened, settle: 30s", "id: c, on: door.closed, settle: 30s")
    expected = [event.seq for event in settled.settled(happened(history), timedelta(seconds=30))]
    assert sorted(number for each in history.found(book) for number in each["events"]) == expected


DAYS = st.integers(0, 100 * 24)


@MANY
@given(
    zone=st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/St_Johns"]),
    origin=st.sampled_from(["2024-01-28T22:00:00Z", "2025-02-25T03:00:00Z", "2025-10-20T12:00:00Z"]),
    enrolled_hours=st.integers(-1000, 1000),
    visits=st.lists(
        st.tuples(st.integers(0, 90 * 24), st.sampled_from([0, 0, 1, 30, 400, 1200])), max_size=9
    ),
    restart=st.booleans(),
)
def test_a_monthly_quota_is_what_brute_force_says(
    zone: str, origin: str, enrolled_hours: int, visits: list[tuple[int, int]], restart: bool
) -> None:
    start = parse_instant(origin)
    enrolled_at = start + timedelta(hours=enrolled_hours)
    history = History(origin=start, zone=zone).resident(enrolled_at=enrolled_at.isoformat())
    history.at("restart", 0)
    rows = sorted((received + late, received) for received, late in visits)
    for received, occurred in rows:
        history.visit(occurred * 3600, received=received * 3600)
    if restart:
        history = history.restarted_everywhere()
    until = start + timedelta(days=150)
    history.end(150 * 86400)
    book = rulebook("id: visits, quota: visit.completed, at_least: 2, per: month, warn: 7d", timezone=zone)
    expected = quota.say(happened(history), 2, 7, ZoneInfo(zone), enrolled_at, start, until)
    assert said(history.found(book)) == sorted(
        expected, key=lambda each: (each.raised_at, each.at, each.events)
    )


@pytest.mark.parametrize("moment", ["2025-07-23T06:00:00+08:00", "2025-07-23T05:59:59+08:00"])
def test_a_plain_rule_fires_for_each_event_inside_its_hours(moment: str) -> None:
    book = rulebook('id: door, on: door.opened, between: "06:00-22:00"')
    history = History().resident().device("d1", "door_sensor").event("door.opened", moment).end(moment)
    assert [each["events"] for each in history.found(book)] == ([[3]] if "T06" in moment else [])


def test_origin_is_two_in_the_night() -> None:
    assert datetime(2025, 7, 23, 2, tzinfo=ZoneInfo("Asia/Shanghai")) == TWO
