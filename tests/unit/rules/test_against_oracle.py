"""Doors that settle, against brute force; plain rules inside their hours."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.domain.events import Json
from services.domain.instants import parse_instant
from tests.oracle import settled
from tests.oracle.happened import Happened, Said
from tests.unit.rules.cast import TWO, History, rulebook

MANY = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])


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
    """What a replay printed, or one rule of it."""
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


@pytest.mark.parametrize("moment", ["2025-07-23T06:00:00+08:00", "2025-07-23T05:59:59+08:00"])
def test_a_plain_rule_fires_for_each_event_inside_its_hours(moment: str) -> None:
    book = rulebook('id: door, on: door.opened, between: "06:00-22:00"')
    history = History().resident().device("d1", "door_sensor").event("door.opened", moment).end(moment)
    assert [each["events"] for each in history.found(book)] == ([[3]] if "T06" in moment else [])


def test_origin_is_two_in_the_night() -> None:
    assert datetime(2025, 7, 23, 2, tzinfo=ZoneInfo("Asia/Shanghai")) == TWO
