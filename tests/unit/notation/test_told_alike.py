"""Stories beside rulebooks and scenarios are one grammar: what one takes the other takes, as the same thing
at the same instant; only what needs a house is refused to a story of rules, in words.
"""

from __future__ import annotations

import json
import re
from contextlib import nullcontext
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.simulator.acts import Act, Saying
from devices.simulator.reading import read_scenario
from notation.faults import StoryFaults
from notation.kinds import OVERRIDABLE
from notation.sentences import TROUBLES, VERBS
from services.domain.instants import parse_instant
from services.rules.overrides import NotAnOverride, check_override
from services.rules.schemas.rulebooks import rulebook_schema
from services.rules.stories.reading import read_stories
from tests.unit.rules.stories.told import BOOK

Happened = tuple[datetime, datetime, str, str | None]
"""When it happened, when it was learned of, what, and by which device."""
CAST = {"deji": {"devices": {"mat": "bed_sensor", "left": "bed_sensor", "button": "call_button"}}}
LINES = (
    *(f"{at} {who}{verb}" for at in ("22:10", "+1 day 02:13:05") for who in ("", "deji ") for verb in VERBS),
    *(
        "02:05 mat sends bed.exited",
        "2025-07-23 05:00 button sends device.online",
        "02:05 gets upp",
        "25:00 presses",
    ),
    *(
        "23:00 tashi presses",
        "23:00 lamp sends bed.exited",
        "23:00 mat sends door.opened",
        "from 23:00 presses",
    ),
    {"at": "23:00", "event": "bed.exited", "device": "mat"},
    {"at": "23:00", "event": "bed.exited"},
    {"at": "02:00", "event": "call_button.pressed"},
    {"at": "+1 day 02:00", "event": "call_button.pressed", "received": "+1 day 02:30"},
    {"at": "+1 day 01:00", "event": "bed.vitals", "device": "mat", "every": "5m", "until": "+1 day 03:00"},
    {"at": "+1 day 01:00", "event": "bed.vitals", "device": "mat", "every": "5m"},
    {"at": "+1 day 09:00", "event": "visit.completed", "resident": "deji"},
    {"at": "+1 day 09:00", "event": "visit.completed", "device": "mat"},
    {"at": "+1 day 09:00", "event": "visit.complete"},
)


def of_rules(timeline: list[Any]) -> set[Happened]:
    told = {
        "format": 1,
        "cast": CAST,
        "stories": [{"story": "One.", "timeline": timeline, "must_not": ["call"]}],
    }
    (story,) = read_stories(json.dumps(told), "x.yaml", BOOK).stories
    lines = [each.told for each in story.happenings]
    return {
        (parse_instant(line["occurred_at"]), parse_instant(line["received_at"]), line["kind"], line["device"])
        for line in lines
    }


def of_a_scenario(timeline: list[Any]) -> set[Happened]:
    told = {"scenario": "x", "title": "One.", "until": "+9 days 00:00", "must_not": ["call"], "cast": CAST}
    story = read_scenario(json.dumps({**told, "timeline": timeline}), "x.yaml")
    happened: set[Happened] = set()
    for step in story.steps:
        match step.what:
            case Saying() as saying:
                happened.add((saying.occurred_at or step.at, step.at, saying.kind, saying.device))
            case Act(device_type=None) as act:
                happened.add((act.at, step.at, act.kind, None))
            case Act() as act:
                types = {each.name for each in story.devices if each.type == act.device_type}
                happened |= {(act.at, step.at, act.kind, device) for device in types}
    return happened


def read_by(reader: Any, timeline: list[Any]) -> set[Happened] | None:
    try:
        return set(reader(timeline))
    except StoryFaults:
        return None


@pytest.mark.parametrize("line", LINES, ids=str)
def test_each_line_is_the_same_thing_at_the_same_instant(line: Any) -> None:
    assert read_by(of_rules, [line]) == read_by(of_a_scenario, [line])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(LINES), min_size=2, max_size=4))
def test_so_are_several_lines_in_a_row(lines: list[Any]) -> None:
    assert read_by(of_rules, lines) == read_by(of_a_scenario, lines)


def test_the_lines_are_not_all_refused() -> None:
    read = [line for line in LINES if read_by(of_rules, [line])]
    assert len(LINES) - len(read) in range(5, 15)


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda each: each.name)
def test_what_goes_wrong_with_a_house_is_refused_to_a_story_of_rules_in_words(trouble: Any) -> None:
    with pytest.raises(StoryFaults, match="no house in a story of rules"):
        of_rules([f"23:00 {trouble.example}"])


def test_the_keys_that_may_be_another_for_one_resident_are_those_of_the_rules() -> None:
    (rule, *_) = BOOK.rules
    words = set(re.findall(r'"([a-z_]+)": ', json.dumps(rulebook_schema())))
    for key in words | {*OVERRIDABLE}:
        with nullcontext() if key in OVERRIDABLE else pytest.raises(NotAnOverride):
            check_override(rule, key, None)
    assert words > {*OVERRIDABLE}
