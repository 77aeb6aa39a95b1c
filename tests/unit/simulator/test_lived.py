"""Residents who live: what they do by themselves stands in the story as if it had been written down."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from devices.simulator.acts import Act
from devices.simulator.instrumented import sayings_of
from devices.simulator.lived import lived
from devices.simulator.residing import while_they_reside
from devices.simulator.scenario import Scenario
from notation.faults import StoryFaults
from tests.unit.simulator.stories import scenario

MAT: dict[str, Any] = {"mat": {"type": "bed_sensor", "place": "bedroom"}, "button": "call_button"}


def living(life: object, **changes: Any) -> Scenario:
    cast = {"deji": {"life": life, "devices": MAT, "worker": "norbu"}}
    return scenario(cast=cast, **changes)


def acts(story: Scenario) -> list[Act]:
    return [step.what for step in story.steps if isinstance(step.what, Act)]


def test_who_has_no_life_does_what_is_told_and_nothing_else() -> None:
    story = scenario()
    assert lived(story, 1) is story


def test_what_is_lived_stands_beside_what_is_told_in_order_of_time() -> None:
    told = living("steady")
    story = lived(told, 1)
    assert len(story.steps) > len(told.steps)
    assert all(step in story.steps for step in told.steps)
    assert all(first.at <= then.at for first, then in pairwise(story.steps))
    assert all(told.starts_at <= step.at <= told.ends_at for step in story.steps)
    assert lived(story, 1) is story


def test_one_seed_is_one_life_and_another_is_another() -> None:
    story = living("restless")
    assert lived(story, 1) == lived(story, 1)
    assert lived(story, 1) != lived(story, 2)


def test_only_what_a_device_notices_or_a_person_records_is_lived() -> None:
    kinds = {act.device_type for act in acts(lived(living("wanderer"), 1))}
    assert kinds <= {None, "bed_sensor", "call_button"}


def test_who_lies_in_bed_when_the_story_begins_is_there_from_its_first_moment() -> None:
    story = living(
        {"habit": "steady", "bed_at": "20:00"}, starts="+1 day 01:00", until="+1 day 04:00", timeline=[]
    )
    first = acts(lived(story, 1))[0]
    assert (first.at - story.starts_at, first.kind) == (timedelta(0), "bed.entered")


def test_devices_say_what_is_lived() -> None:
    said = [each for each in sayings_of(lived(living("steady"), 1), 1) if each.kind == "bed.vitals"]
    assert said
    assert {each.device for each in said} == {"mat"}


@pytest.mark.parametrize(
    ("life", "field", "words"),
    [
        ("stedy", "cast.deji.life", "steady"),
        ({"habit": "steady", "bed_at": "noon"}, "cast.deji.life.bed_at", "local time"),
        ({"habit": "steady", "bet_at": "21:00"}, "cast.deji.life.bet_at", "bed_at"),
    ],
)
def test_what_is_wrong_with_a_life_is_said_where_it_stands(life: object, field: str, words: str) -> None:
    with pytest.raises(StoryFaults) as caught:
        living(life)
    assert any(each.field == field and words in str(each) for each in caught.value.faults)


def test_who_is_not_enrolled_yet_or_has_left_does_nothing_by_themselves() -> None:
    story = living("steady", timeline=[])
    (resident,) = story.cast.residents
    span = story.ends_at - story.starts_at
    since_at, until_at = story.starts_at + span / 4, story.ends_at - span / 4
    told = replace(story.cast, residents=(replace(resident, enrolled_at=since_at, left_at=until_at),))
    seen = acts(while_they_reside(lived(replace(story, cast=told), 1)))
    everything = acts(lived(story, 1))
    assert seen == [each for each in everything if since_at <= each.at < until_at]
    assert 0 < len(seen) < len(everything)
