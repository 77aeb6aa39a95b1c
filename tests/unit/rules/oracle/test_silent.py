"""`silent` against brute force: any message and a named one, a device and a resident, what people record."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from services.domain.instants import parse_instant
from tests.oracle import silent
from tests.oracle.facts import told
from tests.oracle.silent import SilentRule
from tests.unit.rules.cast import History, rulebook
from tests.unit.rules.oracle.nights import MANY, agree
from tests.unit.rules.oracle.timelines import Cast, timelines

START = parse_instant("2025-03-30T00:00:00Z")
"""An hour before the clock is moved in Berlin, which changes nothing: spans are elapsed time."""
CAST = Cast(
    sends=[
        ("door.opened", "d1", "r1", {}),
        ("door.closed", "d1", "r1", {}),
        ("door.opened", "d2", "r1", {}),
        ("device.offline", "d1", "r1", {}),
        ("device.battery", "m1", "r1", {"percent": 50}),
        ("motion.detected", "m1", "r1", {}),
        ("visit.completed", None, "r1", {}),
        ("door.opened", "d3", "r2", {}),
    ],
    devices=[
        ("d1", "door_sensor", "r1"),
        ("d2", "door_sensor", "r1"),
        ("m1", "motion_sensor", "r1"),
        ("d3", "door_sensor", "r2"),
    ],
    residents=["r1", "r2"],
    overrides=[
        ("quiet", "for", "10m"),
        ("quiet", "for", "40m"),
        ("quiet", "for", None),
        ("quiet", "enabled", False),
        ("quiet", "enabled", True),
    ],
    late_for=(0, 0, 0, 1, 600, 1200, 8 * 86400),
    turns=3,
)
RULES = [
    (SilentRule("any", id="quiet", for_="20m"), ""),
    (SilentRule("any", id="quiet", for_="20m", per="device"), ", per: device"),
    (
        SilentRule("any", id="quiet", for_="20m", types=("door_sensor",)),
        ", device_types: [door_sensor]",
    ),
    (SilentRule("door.opened", id="quiet", for_="20m"), ""),
    (SilentRule("door.opened", id="quiet", for_="20m", per="device"), ", per: device"),
    (SilentRule("visit.completed", id="quiet", for_="20m"), ""),
]


@st.composite
def drawn(draw: st.DrawFn) -> tuple[History, SilentRule, str]:
    rule, more = draw(st.sampled_from(RULES))
    instants = [START + number * timedelta(minutes=10) for number in range(draw(st.integers(4, 16)))]
    history = draw(timelines(CAST, "Europe/Berlin", instants))
    return history, rule, rulebook(f"id: quiet, silent: {rule.on}, for: 20m{more}", timezone="Europe/Berlin")


@MANY
@given(drawn())
def test_silence_is_what_brute_force_says(case: tuple[History, SilentRule, str]) -> None:
    history, rule, book = case
    agree(history, book, silent.say(told(history.lines, ZoneInfo("Europe/Berlin")), rule))
