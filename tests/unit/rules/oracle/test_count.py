"""`count` against brute force: doors and beds, late and out of order, whatever happens between."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.oracle import count
from tests.oracle.facts import told
from tests.oracle.matching import Rule
from tests.unit.rules.cast import rulebook
from tests.unit.rules.oracle.nights import MANY, ORIGINS, ZONES, Cast, agree, nights

SPAN = timedelta(seconds=100)
DOORS = Cast(
    sends=[
        ("door.opened", "d1", "r1", None),
        ("door.opened", "d1", "r1", None),
        ("door.opened", "d2", "r1", None),
        ("door.closed", "d1", "r1", None),
        ("door.opened", "d3", "r2", None),
    ],
    devices=[
        ("d1", "door_sensor", "r1", "front"),
        ("d2", "door_sensor", "r1", "back"),
        ("d3", "door_sensor", "r2", "front"),
    ],
    residents=("r1", "r2"),
    steps=(0, 0, 1, 25, 50, 50, 99, 100, 101, 7200),
    late=(0, 0, 0, 1, 50, 100, 7200, 7201),
    overrides=[
        ("many", "count", 2),
        ("many", "count", 4),
        ("many", "within", "50s"),
        ("many", "within", "200s"),
        ("many", "enabled", False),
        ("many", "enabled", True),
    ],
    others=("away", "returned", "retract", "restart", "restart", "leave", "replaced"),
)
RULE = Rule("door.opened", id="many", severity="high", count=3, within=SPAN)
BOOK = "id: many, on: door.opened, count: 3, within: 100s, severity: high"


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ("", RULE),
        (", per: device", replace(RULE, per="device")),
        (", settle: 25s", replace(RULE, settle_for=timedelta(seconds=25))),
        (', between: "22:00-02:02"', replace(RULE, between=(time(22), time(2, 2)))),
    ],
)
@MANY
@given(data=st.data())
def test_a_count_is_what_brute_force_says(more: str, rule: Rule, data: st.DataObject) -> None:
    zone, origin = data.draw(st.sampled_from(ZONES)), data.draw(st.sampled_from(ORIGINS))
    history = data.draw(nights(replace(DOORS, zone=zone, origin=origin)))
    expected = count.say(told(history.lines, ZoneInfo(zone)), rule)
    agree(history, rulebook(BOOK + more, timezone=zone), expected)
