"""Beds against brute force: several sensors merged to one bed, and what settles, seen by plain rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.oracle import on
from tests.oracle.facts import told
from tests.oracle.matching import Rule
from tests.unit.rules.cast import rulebook
from tests.unit.rules.oracle.nights import MANY, Cast, agree, nights

SETTLE = timedelta(seconds=60)
KINDS = ("bed.exited", "bed.entered")
BEDS = Cast(
    sends=[
        *((kind, device, "r1", None) for kind in KINDS for device in ("d1", "d2", "d3")),
        *((kind, "d1", "r1", None) for kind in KINDS),
        *((kind, "d4", "r2", None) for kind in KINDS),
    ],
    devices=[
        ("d1", "bed_sensor", "r1", "bedroom"),
        ("d2", "bed_sensor", "r1", "bedroom"),
        ("d3", "bed_sensor", "r1", "parlour"),
        ("d4", "bed_sensor", "r2", "bedroom"),
    ],
    residents=("r1", "r2"),
    steps=(0, 0, 1, 29, 30, 31, 59, 60, 61, 600),
    late=(0, 0, 0, 1, 30, 59, 60, 61, 120, 600),
    others=("retract", "restart", "restart", "leave", "offline", "offline", "replaced"),
)
DOORS = replace(
    BEDS,
    sends=[
        *((kind, device, "r1", None) for kind in ("door.opened", "door.closed") for device in ("d1", "d2")),
    ],
    devices=[("d1", "door_sensor", "r1", "front"), ("d2", "door_sensor", "r1", "front")],
    residents=("r1",),
)


@pytest.mark.parametrize("settle_for", [None, SETTLE])
@MANY
@given(data=st.data())
def test_what_a_bed_does_is_what_brute_force_says(settle_for: timedelta | None, data: st.DataObject) -> None:
    _judge(BEDS, KINDS, settle_for, data)


@pytest.mark.parametrize("settle_for", [None, SETTLE])
@MANY
@given(data=st.data())
def test_what_a_bed_does_whose_sensors_move_is_what_brute_force_says(
    settle_for: timedelta | None, data: st.DataObject
) -> None:
    _judge(replace(BEDS, others=("restart", "offline", "move", "move")), KINDS, settle_for, data)


@pytest.mark.parametrize("settle_for", [None, SETTLE])
@MANY
@given(data=st.data())
def test_what_a_door_does_is_what_brute_force_says(settle_for: timedelta | None, data: st.DataObject) -> None:
    _judge(DOORS, ("door.opened", "door.closed"), settle_for, data)


def _judge(cast: Cast, kinds: tuple[str, str], settle_for: timedelta | None, data: st.DataObject) -> None:
    per = data.draw(st.sampled_from(["resident", "device"]))
    history = data.draw(nights(cast))
    settle = "" if settle_for is None else ", settle: 60s"
    named = zip(kinds, ("a", "b"), strict=True)
    rules = [Rule(kind, id=name, settle_for=settle_for, per=per) for kind, name in named]
    book = rulebook(*(f"id: {rule.id}, on: {rule.on}, per: {per}{settle}" for rule in rules))
    story = told(history.lines, ZoneInfo(history.zone))
    agree(history, book, [said for rule in rules for said in on.say(story, rule)])
