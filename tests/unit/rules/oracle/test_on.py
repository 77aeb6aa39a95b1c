"""Plain `on` and the press floor against brute force: hours, conditions, types, keys, zones."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from tests.oracle import on
from tests.oracle.facts import Fact, told
from tests.oracle.matching import Rule
from tests.unit.rules.cast import rulebook
from tests.unit.rules.oracle.nights import MANY, ORIGINS, ZONES, Cast, agree, nights

PRESS = "call_button.pressed"
HOUR = 3600


def _low(fact: Fact) -> bool | None:
    percent = fact.data.get("percent")
    return None if percent is None else bool(percent < 20)


def _long(fact: Fact) -> bool | None:
    press = fact.data.get("press")
    return None if press is None else bool(press == "long")


RULES = [
    Rule("door.opened", id="night", between=(time(22), time(6))),
    Rule("door.opened", id="small", between=(time(2), time(2, 30)), per="device"),
    Rule("device.battery", id="low", where=_low, types=("door_sensor",)),
    Rule("visit.completed", id="visit", severity="high", between=(time(0), time(1))),
]
BOOK = (
    'id: night, on: door.opened, between: "22:00-06:00"',
    'id: small, on: door.opened, between: "02:00-02:30", per: device',
    "id: low, on: device.battery, where: event.data.percent < 20, device_types: [door_sensor]",
    'id: visit, on: visit.completed, between: "00:00-01:00", severity: high',
)
HOMES = Cast(
    sends=[
        ("door.opened", "d1", "r1", None),
        ("door.opened", "d2", "r1", None),
        ("door.opened", "d3", "r2", None),
        ("device.battery", "d1", "r1", {"percent": 19}),
        ("device.battery", "d2", "r1", {"percent": 20}),
        ("device.battery", "b1", "r1", {"percent": 5}),
        ("device.battery", "d3", "r2", {}),
        ("visit.completed", None, "r1", None),
        ("visit.completed", None, "r2", None),
    ],
    devices=[
        ("d1", "door_sensor", "r1", "front"),
        ("d2", "door_sensor", "r1", "back"),
        ("d3", "door_sensor", "r2", "front"),
        ("b1", "call_button", "r1", "bedroom"),
    ],
    residents=("r1", "r2"),
    steps=(0, 1, 599, 600, 1799, 1800, HOUR, 4 * HOUR, 86400),
    late=(0, 0, 0, 1, 600, HOUR, 86400),
    overrides=[("night", "enabled", False), ("night", "enabled", True), ("visit", "enabled", False)],
    others=("away", "returned", "retract", "restart", "leave", "replaced", "replaced", "move"),
)
CALLS = [
    Rule(PRESS, id="day", severity="high", between=(time(2), time(22))),
    Rule(PRESS, id="long", severity="high", where=_long),
    Rule(PRESS, id="too", severity="medium", per="device"),
    Rule("fall.detected", id="fall", severity="high", types=("fall_detector",)),
]
CALL_BOOK = (
    'id: day, on: call_button.pressed, severity: high, between: "02:00-22:00"',
    "id: long, on: call_button.pressed, severity: high, where: event.data.press == 'long'",
    "id: too, on: call_button.pressed, severity: medium, per: device",
    "id: fall, on: fall.detected, severity: high, device_types: [fall_detector]",
)
PRESSES = replace(
    HOMES,
    sends=[
        (PRESS, "b1", "r1", None),
        (PRESS, "b1", "r1", {"press": "long"}),
        (PRESS, "b2", "r2", {"press": "short"}),
        (PRESS, "b2", "nobody", None),
        ("fall.detected", "f1", "r1", None),
        ("fall.detected", "b2", "r2", None),
        ("smoke.detected", "s1", "r2", None),
    ],
    devices=[
        ("b1", "call_button", "r1", ""),
        ("b2", "call_button", "r2", ""),
        ("f1", "fall_detector", "r1", ""),
        ("s1", "smoke_detector", "r2", ""),
    ],
    overrides=[(rule.id, "enabled", value) for rule in CALLS for value in (False, True)],
)


@MANY
@given(data=st.data())
def test_a_plain_rule_is_what_brute_force_says(data: st.DataObject) -> None:
    zone, origin = data.draw(st.sampled_from(ZONES)), data.draw(st.sampled_from(ORIGINS))
    history = data.draw(nights(replace(HOMES, zone=zone, origin=origin)))
    story = told(history.lines, ZoneInfo(zone))
    expected = [said for rule in RULES for said in on.say(story, rule)]
    agree(history, rulebook(*BOOK, timezone=zone), expected)


@MANY
@given(data=st.data())
def test_every_press_is_found_as_brute_force_says(data: st.DataObject) -> None:
    zone, origin = data.draw(st.sampled_from(ZONES)), data.draw(st.sampled_from(ORIGINS))
    history = data.draw(nights(replace(PRESSES, zone=zone, origin=origin)))
    story = told(history.lines, ZoneInfo(zone))
    expected = [said for rule in CALLS for said in on.say(story, rule)]
    agree(history, rulebook(*CALL_BOOK, timezone=zone), [*expected, *on.floor(story, CALLS)])
