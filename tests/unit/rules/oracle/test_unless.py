"""`unless` against brute force: by span, wall time and days, with what settles and with hours that end."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from services.domain.instants import parse_instant
from tests.oracle import unless
from tests.oracle.facts import told
from tests.oracle.unless import UnlessRule
from tests.oracle.wall import instant_of
from tests.unit.rules.cast import History, rulebook
from tests.unit.rules.oracle.nights import MANY, ORIGINS, ZONES, Cast, agree, nights
from tests.unit.rules.oracle.timelines import Cast as Times
from tests.unit.rules.oracle.timelines import timelines

CAST = Cast(
    sends=[
        ("door.opened", "d1", "r1", None),
        ("door.opened", "d1", "r1", None),
        ("door.opened", "d2", "r1", None),
        ("door.closed", "d1", "r1", None),
        ("door.closed", "d2", "r1", None),
        ("door.opened", "d3", "r2", None),
    ],
    devices=[
        ("d1", "door_sensor", "r1", "front"),
        ("d2", "door_sensor", "r1", "back"),
        ("d3", "door_sensor", "r2", "front"),
    ],
    residents=("r1", "r2"),
    steps=(0, 0, 1, 60, 75, 150, 225, 299, 300, 301, 900),
    late=(0, 0, 0, 1, 60, 75, 150, 300, 900),
    overrides=[
        ("watch", "for", "150s"),
        ("watch", "for", "600s"),
        ("watch", "for", None),
        ("watch", "enabled", False),
        ("watch", "enabled", True),
    ],
    others=("away", "returned", "retract", "restart", "restart", "leave", "replaced"),
    most=12,
)
BEDS = replace(
    CAST,
    sends=[
        (kind.replace("door.opened", "bed.exited").replace("door.closed", "bed.entered"), device, whose, data)
        for kind, device, whose, data in CAST.sends
    ],
    devices=[
        ("d1", "bed_sensor", "r1", "bedroom"),
        ("d2", "bed_sensor", "r1", "bedroom"),
        ("d3", "bed_sensor", "r2", "bedroom"),
    ],
    others=(*CAST.others, "offline"),
)
DOOR = UnlessRule("door.opened", id="watch", unless="door.closed", watch_for="300s")
BED = UnlessRule("bed.exited", id="watch", unless="bed.entered", watch_for="300s")
HOURS = (time(22), time(2, 10))
VARIANTS = [
    (DOOR, CAST, ""),
    (replace(DOOR, per="device"), CAST, ", per: device"),
    (replace(DOOR, settle_for=timedelta(seconds=60)), CAST, ", settle: 60s"),
    (replace(DOOR, between=HOURS), CAST, ', between: "22:00-02:10"'),
    (replace(DOOR, unless="door.opened"), CAST, ""),
    (BED, BEDS, ""),
    (replace(BED, settle_for=timedelta(seconds=75)), BEDS, ", settle: 75s"),
    (
        replace(BED, settle_for=timedelta(seconds=60), between=HOURS),
        BEDS,
        ', settle: 60s, between: "22:00-02:10"',
    ),
]


@st.composite
def drawn(draw: st.DrawFn) -> tuple[History, UnlessRule, str]:
    rule, cast, more = draw(st.sampled_from(VARIANTS))
    zone, origin = draw(st.sampled_from(ZONES)), draw(st.sampled_from(ORIGINS))
    history = draw(nights(replace(cast, zone=zone, origin=origin)))
    text = f"id: watch, on: {rule.on}, unless: {rule.unless}, for: 300s{more}"
    return history, rule, rulebook(text, timezone=zone)


@MANY
@given(drawn())
def test_a_watch_is_what_brute_force_says(case: tuple[History, UnlessRule, str]) -> None:
    history, rule, book = case
    agree(history, book, unless.say(told(history.lines, ZoneInfo(history.zone)), rule))


DAYS = [date(2025, 3, 29), date(2025, 10, 25), date(2025, 3, 8), date(2025, 11, 1), date(2024, 2, 28)]
"""The day before clocks are moved in Berlin and in St John's, and before a leap day."""
WALLS = ["13:00", "00:00", "02:30", "01:30"]
MEALS = Times(
    sends=[
        ("meal.ordered", None, "r1", {}),
        ("meal.ordered", None, "r1", {}),
        ("meal.collected", None, "r1", {}),
        ("meal.ordered", None, "r2", {}),
    ],
    residents=["r1", "r2"],
    overrides=[("watch", "enabled", False), ("watch", "enabled", True)],
    late_for=(0, 0, 0, 1, 60, 1800, 86400),
)
MEDICINE = replace(
    MEALS,
    sends=[
        *(("medication.delivered", None, "r1", {"days": days}) for days in (0, 1, 2, 2.0, 1.5, -1, None)),
        ("medication.delivered", None, "r1", {}),
        ("medication.delivered", None, "r2", {"days": 1}),
    ],
)


@st.composite
def drawn_days(draw: st.DrawFn) -> tuple[History, UnlessRule, str]:
    zone = ZoneInfo(draw(st.sampled_from(ZONES)))
    first, wall = draw(st.sampled_from(DAYS)), draw(st.sampled_from(WALLS))
    instants: set[datetime] = set()
    for number in range(3):
        at = instant_of(first + timedelta(days=number), time.fromisoformat(wall), zone)
        # An hour around a wall time may show it a second time, or have none of it.
        instants |= {at, at - timedelta(hours=1), at + timedelta(hours=1), at + timedelta(minutes=30)}
    if draw(st.booleans()):
        rule = UnlessRule("meal.ordered", id="watch", unless="meal.collected", until=time.fromisoformat(wall))
        text, cast = f'id: watch, on: meal.ordered, unless: meal.collected, until: "{wall}"', MEALS
    else:
        rule = UnlessRule("medication.delivered", id="watch", unless="medication.delivered", days="days")
        kinds = "on: medication.delivered, unless: medication.delivered"
        text = f"id: watch, {kinds}, for: {{days: event.data.days}}"
        cast = MEDICINE
    return draw(timelines(cast, zone.key, sorted(instants))), rule, rulebook(text, timezone=zone.key)


@MANY
@given(drawn_days())
def test_a_watch_by_the_wall_clock_is_what_brute_force_says(case: tuple[History, UnlessRule, str]) -> None:
    history, rule, book = case
    agree(history, book, unless.say(told(history.lines, ZoneInfo(history.zone)), rule))


def test_two_instants_of_one_wall_time_are_what_the_clock_shows() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert instant_of(date(2025, 3, 30), time(2, 30), berlin) == parse_instant("2025-03-30T01:00:00Z")
    assert instant_of(date(2025, 10, 26), time(2, 30), berlin) == parse_instant("2025-10-26T00:30:00Z")
