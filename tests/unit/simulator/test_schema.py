"""The schema of scenarios: it refuses what the form refuses, and is never stricter than the reader."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.simulator.reading import read_scenario, shipped
from devices.simulator.schema import scenario_schema
from notation.faults import StoryFaults
from notation.yaml_core import read_yaml
from tests.unit.simulator.stories import SMALL, answering, content, having

SCHEMA = jsonschema_rs.validator_for(scenario_schema())


def is_read(said: Any) -> bool:
    try:
        read_scenario(json.dumps(said), "x.yaml")
    except StoryFaults:
        return False
    return True


def test_the_shipped_scenarios_fit() -> None:
    for path in shipped():
        plain = read_yaml(path.read_text("utf-8"), lambda *fault: pytest.fail(str(fault)))
        assert [each.message for each in SCHEMA.iter_errors(plain)] == []


@pytest.mark.parametrize(
    "said",
    [
        content(until=None),
        content(until="3:00"),
        content(expect=[]),
        content(strats="22:00"),
        content(timeline=["presses at 02:13"]),
        content(timeline=[{"at": "22:00", "event": "bed.exitd"}]),
        content(cast=having(mat="bed")),
        content(workers=answering(norbu=["accepts in 40s"])),
        content(expect=[{"told": "norbu", "by": "22:00", "when": "22:00"}]),
        content(must_not=[7]),
    ],
    ids=str,
)
def test_what_is_refused_for_its_form_does_not_fit(said: Any) -> None:
    assert not is_read(said)
    assert not SCHEMA.is_valid(said)


PLACES: tuple[tuple[str, ...], ...] = (
    *((key,) for key in (*SMALL, "day", "timezone", "devices", "must_not", "moon")),
    ("homes", "house"),
    ("workers", "norbu"),
    ("workers", "norbu", "answers"),
    ("workers", "norbu", "channels"),
    ("cast", "deji"),
    ("cast", "deji", "devices"),
    ("cast", "deji", "devices", "mat"),
    ("cast", "deji", "tags"),
    ("cast", "deji", "enrolled"),
    ("cast", "deji", "life"),
)
WORDS: tuple[Any, ...] = (
    *(None, True, 0, 2.5, "", "x", "anybody", "22:00", "+1 day 02:10", "2025-07-23 02:13:05", "2025-07-23"),
    *("never", "bed_sensor", "02:13 deji presses", "from 03:00 the gateway is down for 40m", "Asia/Shanghai"),
    *({}, [], [7], ["night-call"], ["22:00 presses"], {"mat": "bed_sensor"}, {"mat": {"type": "bed_sensor"}}),
    *(["declines after 20s"], ["accepts after 40s"], ["webhook"], {"type": "call_button", "place": "hall"}),
    [{"at": "22:00", "event": "bed.exited", "every": "5m", "until": "22:20"}],
    [{"told": "pema"}, {"alert": "any", "until": "23:00"}, {"rule": "x", "from": "22:00"}],
    [{"rule": "x", "at": "22:00", "state": "ended"}, {"device": "button", "hears": ["over"]}],
    {"called": "x", "role": "neighbour"},
)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PLACES), st.sampled_from(WORDS)), min_size=1, max_size=3))
def test_the_schema_is_never_stricter_than_the_reader(changes: list[tuple[tuple[str, ...], Any]]) -> None:
    said: Any = content()
    for (*above, last), word in changes:
        here = said
        for key in above:
            here = here[key] if isinstance(here, dict) and isinstance(here.get(key), dict) else {}
        here[last] = deepcopy(word)
    assert SCHEMA.is_valid(said) or not is_read(said)
