"""Runs (`where` + `for`) against brute force: gaps, bed exits, what is older than the newest, `for: 0s`."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.oracle import where
from tests.oracle.facts import Fact, told
from tests.oracle.matching import Rule
from tests.unit.rules.cast import rulebook
from tests.unit.rules.oracle.nights import MANY, ORIGINS, ZONES, Cast, agree, nights


def _fast(fact: Fact) -> bool | None:
    rate = fact.data.get("heart_rate")
    return None if rate is None else bool(rate > 110)


def _low(fact: Fact) -> bool | None:
    percent = fact.data.get("percent")
    return None if percent is None else bool(percent < 20)


HEARTS = Cast(
    sends=[
        *[("bed.vitals", "d1", "r1", {"heart_rate": 120})] * 6,
        ("bed.vitals", "d2", "r1", {"heart_rate": 111}),
        ("bed.vitals", "d1", "r1", {"heart_rate": 110}),
        ("bed.vitals", "d1", "r1", {}),
        ("bed.exited", "d1", "r1", None),
        ("bed.entered", "d1", "r1", None),
    ],
    devices=[("d1", "bed_sensor", "r1", "bedroom"), ("d2", "bed_sensor", "r1", "bedroom")],
    steps=(0, 1, 60, 100, 100, 299, 300, 301, 899, 900, 901, 86400),
    late=(0, 0, 0, 0, 1, 60, 300, 7200, 7201, 86401),
    overrides=[
        ("fast", "for", "100s"),
        ("fast", "for", "10m"),
        ("fast", "enabled", False),
        ("fast", "enabled", True),
    ],
    others=("away", "returned", "retract", "restart", "restart", "replaced", "offline"),
)
TWO_MATS = replace(
    HEARTS,
    sends=[
        *[("bed.vitals", device, "r1", {"heart_rate": 120}) for device in ("d1", "d2")] * 3,
        *[(kind, device, "r1", None) for kind in ("bed.exited", "bed.entered") for device in ("d1", "d2")],
    ],
)
FAST = Rule("bed.vitals", id="fast", severity="high", where=_fast, run_for=timedelta(minutes=5))
BOOK = "id: fast, on: bed.vitals, where: event.data.heart_rate > 110, for: 5m, severity: high"


@pytest.mark.parametrize(
    ("book", "rule"),
    [
        (BOOK, FAST),
        (BOOK.replace("for: 5m", "for: 0s"), replace(FAST, run_for=timedelta(0))),
        (f"{BOOK}, settle: 60s", replace(FAST, settle_for=timedelta(seconds=60))),
        (f"{BOOK}, per: device, gap: 100s", replace(FAST, per="device", gap=timedelta(seconds=100))),
        (
            f'{BOOK}, between: "22:00-02:06", gap: 1d',
            replace(FAST, between=(time(22), time(2, 6)), gap=timedelta(days=1)),
        ),
        (
            f"{BOOK}, gap: 3h".replace("high", "medium"),
            replace(FAST, severity="medium", gap=timedelta(hours=3)),
        ),
    ],
)
@MANY
@given(data=st.data())
def test_a_run_is_what_brute_force_says(book: str, rule: Rule, data: st.DataObject) -> None:
    zone, origin = data.draw(st.sampled_from(ZONES)), data.draw(st.sampled_from(ORIGINS))
    cast = HEARTS if rule.per == "resident" else TWO_MATS
    history = data.draw(nights(replace(cast, zone=zone, origin=origin)))
    agree(history, rulebook(book, timezone=zone), where.say(told(history.lines, ZoneInfo(zone)), rule))


@MANY
@given(data=st.data())
def test_a_run_of_what_is_no_bed_is_what_brute_force_says(data: st.DataObject) -> None:
    batteries = replace(
        HEARTS,
        overrides=(),
        others=(*HEARTS.others, "leave"),
        sends=[
            *[("device.battery", "d1", "r1", {"percent": percent}) for percent in (5, 5, 19, 20)],
            ("bed.exited", "d1", "r1", None),
            ("bed.entered", "d1", "r1", None),
        ],
    )
    rule = Rule("device.battery", id="fast", where=_low, run_for=timedelta(minutes=5))
    history = data.draw(nights(batteries))
    book = rulebook("id: fast, on: device.battery, where: event.data.percent < 20, for: 5m")
    agree(history, book, where.say(told(history.lines, ZoneInfo(history.zone)), rule))
