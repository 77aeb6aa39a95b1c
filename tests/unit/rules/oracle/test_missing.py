"""`missing` against brute force: over midnight, when clocks are moved, with what settles and `while`."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from services.domain.events import Json
from tests.oracle import missing
from tests.oracle.facts import told
from tests.oracle.missing import MissingRule
from tests.oracle.wall import instant_of
from tests.unit.rules.cast import History, rulebook
from tests.unit.rules.oracle.nights import MANY, agree
from tests.unit.rules.oracle.timelines import Cast, timelines

WINDOWS = [("04:00", "10:00"), ("22:00", "02:30"), ("00:00", "03:00"), ("02:15", "02:45"), ("01:15", "01:30")]
DAYS = [date(2025, 3, 29), date(2025, 10, 25), date(2025, 3, 8), date(2025, 11, 1), date(2024, 2, 28)]
"""The day before clocks are moved in Berlin and in St John's, and before a leap day."""
CAST = Cast(
    sends=[
        ("visit.completed", None, "r1", {}),
        ("visit.completed", None, "r2", {}),
        ("door.opened", "d1", "r1", {}),
        ("door.closed", "d1", "r1", {}),
        ("door.closed", "d1", "r1", {}),
        ("door.closed", "d2", "r1", {}),
        ("door.opened", "d2", "r1", {}),
        ("door.opened", "d3", "r2", {}),
        ("door.closed", "d3", "r2", {}),
    ],
    devices=[("d1", "door_sensor", "r1"), ("d2", "door_sensor", "r1"), ("d3", "door_sensor", "r2")],
    residents=["r1", "r2"],
    late_for=(0, 0, 0, 1, 60, 1800, 86400),
)


def overrides(times: tuple[str, str]) -> list[tuple[str, str, Json]]:
    others: list[tuple[str, str, Json]] = [
        ("up", "by", "11:30"),
        ("up", "by", times[1]),
        ("up", "from", "01:00"),
    ]
    return [*others, ("up", "enabled", False), ("up", "enabled", True)]


OPENED, CLOSED = ("door.opened", "bed.exited"), ("door.closed", "bed.entered")


def _in_bed(rule: MissingRule) -> MissingRule:
    """The same rule, of a bed instead of doors."""
    while_ = None if rule.while_ is None else rule.while_.replace(*CLOSED)
    return replace(rule, on=rule.on.replace(*OPENED), while_=while_)


def _beds(cast: Cast) -> Cast:
    """The same sensors, in beds instead of at doors."""
    sends = [
        (kind.replace(*OPENED).replace(*CLOSED), device, whose, data)
        for kind, device, whose, data in cast.sends
    ]
    devices = [(device, "bed_sensor", resident) for device, _, resident in cast.devices]
    return replace(cast, sends=[*sends, ("device.offline", "d1", "r1", {})], devices=devices)


@st.composite
def drawn(draw: st.DrawFn) -> tuple[History, MissingRule, str]:
    zone = ZoneInfo(draw(st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/St_Johns"])))
    times = draw(st.sampled_from(WINDOWS))
    first = draw(st.sampled_from(DAYS))
    settles, has_while = draw(st.booleans()), draw(st.booleans())
    on = draw(st.sampled_from(["door.opened", "visit.completed"]))
    settles = settles and (has_while or on == "door.opened")
    rule = MissingRule(on, id="up", from_=times[0], by=times[1])
    text = f'id: up, missing: {rule.on}, from: "{times[0]}", by: "{times[1]}"'
    if settles:
        rule, text = replace(rule, settle_for=timedelta(minutes=5)), text + ", settle: 5m"
    if has_while:
        rule, text = replace(rule, while_="door.closed"), text + ", while: door.closed"
    instants: set[datetime] = set()
    for number in range(3):
        day = first + timedelta(days=number)
        for wall in (*times, "11:30"):
            at = instant_of(day, time.fromisoformat(wall), zone)
            instants |= {at, at - timedelta(minutes=5), at - timedelta(minutes=20)}
    if draw(st.booleans()):  # all of it close to one `by`
        by = instant_of(first + timedelta(days=1), time.fromisoformat(times[1]), zone)
        instants = {by + minutes * timedelta(minutes=1) for minutes in (-11, -6, -5, -1, 0, 1, 5)}
        instants |= {by - seconds * timedelta(seconds=1) for seconds in (59, 45, 30, 15)}
    cast = replace(CAST, overrides=overrides(times))
    if draw(st.booleans()):
        rule, cast, text = _in_bed(rule), _beds(cast), text.replace(*OPENED).replace(*CLOSED)
    return draw(timelines(cast, zone.key, sorted(instants))), rule, rulebook(text, timezone=zone.key)


@MANY
@given(drawn())
def test_what_is_missing_is_what_brute_force_says(case: tuple[History, MissingRule, str]) -> None:
    history, rule, book = case
    agree(history, book, missing.say(told(history.lines, ZoneInfo(history.zone)), rule))
