"""`drift` against brute force: weeks of invented nights across clock changes, with late ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from random import Random
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.domain.instants import format_instant, parse_instant, utc_of_local
from tests.oracle import drift
from tests.oracle.drift import Asked, Report
from tests.unit.rules.cast import History, rulebook
from tests.unit.rules.test_against_oracle import said

FEW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
HOUR = 3600
PLACES = (
    ("Europe/Berlin", "2025-03-08"),
    ("Europe/Berlin", "2025-10-04"),
    ("America/St_Johns", "2025-02-18"),
    ("America/St_Johns", "2025-10-12"),
    ("Asia/Shanghai", "2024-02-10"),
)
"""A zone, and a day some three weeks before the clock is moved there (or a leap day)."""
EDGES = [0, 4 * HOUR - 1, 4 * HOUR, 12 * HOUR - 30, 12 * HOUR - 1, 12 * HOUR, 18 * HOUR - 1]
"""Seconds after 18:00: where the night, its dark hours and its measure begin and end."""
CALM = ["plain"] * 12 + ["restless", "unheard", "late", "two", "edges"]
LIVELY = ["plain", "restless", "restless", "edges", "unheard", "nothing", "late", "two"]
Row = tuple[str, str, int, int]
"""(kind, sensor, seconds after the first 18:00, seconds late)."""


def nights(chance: Random) -> list[Row]:
    """Two to three weeks of nights that are mostly alike, and some that are not."""
    rows: list[Row] = []
    for night in range(chance.randint(16, 23)):
        start = night * 24 * HOUR
        sort = chance.choice(CALM if night < 15 else LIVELY)
        if sort != "nothing":
            rows += _night(chance, start, sort)
    return rows


def _night(chance: Random, start: int, sort: str) -> list[Row]:
    late = chance.choice([HOUR, 12 * HOUR, 30 * HOUR]) if sort == "late" else 0
    rows: list[Row] = [
        ("bed.entered", "a", start + chance.choice([3 * HOUR, 3 * HOUR, 3 * HOUR + 600, HOUR]), 0)
    ]
    for number in range(chance.randint(3, 7) if sort == "restless" else chance.choice([0, 0, 1])):
        out = start + 5 * HOUR + number * HOUR
        back = out + chance.choice([59, 60, 61, 300, 1800])
        rows += [("bed.exited", "a", out, late), ("bed.entered", "a", back, late)]
    if sort == "edges":
        at = start + chance.choice(EDGES)
        rows += [("bed.exited", "a", at, 0), ("bed.entered", "a", at + 60, 0)]
    if sort == "unheard":
        at = start + chance.choice([2 * HOUR, 6 * HOUR])
        back = at + HOUR + chance.choice([-1, 0, 1, HOUR])
        rows += [("device.offline", "a", at, 0), ("bed.entered", "a", back, 0)]
    if sort == "two":
        at = start + chance.randint(3, 10) * HOUR
        gone = chance.choice(["bed.exited", "device.offline"])
        rows += [("bed.entered", "b", at, 0), (gone, "b", at + 900, 0)]
    rows.append(("bed.exited", "a", start + chance.choice([13, 13, 14, 16]) * HOUR, late))
    if chance.random() < 0.2:
        at = start + chance.choice([0, 8 * HOUR, 18 * HOUR - 1, 18 * HOUR])
        rows.append(("bed.vitals", "a", at, 0))
    return rows


@dataclass(frozen=True, slots=True)
class Weeks:
    """What is asked, and what else happens in these weeks, in hours or seconds after the first 18:00."""

    seed: int
    place: tuple[str, str]
    figure: str
    over: int
    beyond: str
    away: tuple[int, int] | None
    """When, and for how many hours."""
    enrolled: int
    taken_back: frozenset[tuple[int, int]]
    """The place of a row, and so many seconds after it was received."""
    restarts: frozenset[int]


WEEKS = st.builds(
    Weeks,
    seed=st.integers(0, 10**9),
    place=st.sampled_from(PLACES),
    figure=st.sampled_from(["night.exits", "bed.time"]),
    over=st.sampled_from([14, 16, 20]),
    beyond=st.sampled_from(["0.5", "1", "2.5"]),
    away=st.none() | st.none() | st.tuples(st.integers(0, 24 * 24), st.sampled_from([1, 6, 30])),
    enrolled=st.sampled_from([-100, -100, 0, 1, 50]),
    taken_back=st.frozensets(st.tuples(st.integers(0, 120), st.sampled_from([1, 100, 100_000])), max_size=3),
    restarts=st.frozensets(st.integers(0, 120), max_size=6),
)


@FEW
@given(WEEKS)
def test_drift_is_what_brute_force_says(weeks: Weeks) -> None:
    zone = ZoneInfo(weeks.place[0])
    origin = utc_of_local(date.fromisoformat(weeks.place[1]), time(18), zone)
    enrolled_at = origin + timedelta(seconds=weeks.enrolled)
    history, until = _history(weeks, origin, enrolled_at)
    away = [
        (origin + timedelta(hours=at), origin + timedelta(hours=at + hours)) for at, hours in _away(weeks)
    ]
    asked = Asked(weeks.figure, weeks.over, Fraction(weeks.beyond), zone, enrolled_at, away)
    reports = [each for each in _reports(history) if each.occurred_at >= enrolled_at]
    expected = drift.say(reports, asked, origin + timedelta(seconds=until))
    rule = f"id: nights, drift: {weeks.figure}, over: {weeks.over}d, beyond: {weeks.beyond}"
    assert said(history.found(rulebook(rule))) == expected


def _away(weeks: Weeks) -> list[tuple[int, int]]:
    return [] if weeks.away is None else [weeks.away]


def _history(weeks: Weeks, origin: datetime, enrolled_at: datetime) -> tuple[History, int]:
    """The lines in the order of their reception, and the second at which they end."""
    history = History(origin=origin, zone=weeks.place[0])
    history.resident(enrolled_at=format_instant(enrolled_at)).device("a").device("b")
    rows = nights(Random(weeks.seed))
    lines = [(at + late, 0, n, kind, sensor, at) for n, (kind, sensor, at, late) in enumerate(rows)]
    for at, hours in _away(weeks):
        lines.append((at * HOUR, 1, 0, "away", "", at))
        lines.append(((at + hours) * HOUR, 1, 1, "returned", "", at))
    for n, after in weeks.taken_back:
        if n < len(rows):
            at = rows[n][2] + rows[n][3] + after
            lines.append((at, 2, n, "event.retracted", "", at))
    for number, (received, _, n, kind, sensor, at) in enumerate(sorted(lines)):
        if kind in {"away", "returned"}:
            history.at(kind, received, resident="r1")
        elif kind == "event.retracted":
            history.retract(f"row{n}", received)
        else:
            history.event(kind, at, device=sensor, received=received, id=f"row{n}")
        if number in weeks.restarts:
            history.at("restart", received)
    until = max(received for received, *_ in lines) + 2 * 24 * HOUR
    return history.end(until), until


def _reports(history: History) -> list[Report]:
    lines = [(seq, line) for seq, line in enumerate(history.lines, start=1) if line["type"] == "event"]
    numbers = {line["id"]: seq for seq, line in lines if "id" in line}
    return [
        Report(
            seq,
            line["kind"],
            line["device"] or "",
            parse_instant(line["occurred_at"]),
            parse_instant(line["received_at"]),
            numbers.get(line.get("data", {}).get("event_id")),
        )
        for seq, line in lines
    ]
