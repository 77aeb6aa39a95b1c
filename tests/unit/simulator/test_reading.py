"""Scenario files: the shipped ones can be played; a faulty one is refused whole, every fault listed."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from devices.simulator.acts import Act, Override, Saying
from devices.simulator.reading import ScenarioUnknown, find, read, read_scenario, shipped
from notation.faults import StoryFault, StoryFaults
from notation.forms import MOST_HINTS
from tests.unit.simulator.stories import SMALL, answering, content, having, residing, scenario


def faults(**changes: Any) -> list[StoryFault]:
    with pytest.raises(StoryFaults) as refused:
        scenario(**changes)
    assert all(str(each).startswith("small.yaml:") for each in refused.value.faults)
    return list(refused.value.faults)


def said(**changes: Any) -> list[str]:
    return [str(each).split(": ", 1)[1] for each in faults(**changes)]


def test_the_shipped_scenarios_can_be_played_and_are_named_like_their_files() -> None:
    assert {"night-illness", "quiet-night"} <= {path.stem for path in shipped()}
    for path in shipped():
        story = read(path)
        assert story.scenario == path.stem
        assert any(wish.must_not for wish in story.wishes), "what may wake anybody at any time proves little"


def test_a_night_crosses_midnight_as_it_is_told() -> None:
    story = read(find("night-illness"))
    shown = [story.frame.show(step.at) for step in story.steps]
    assert (shown[0], shown[-1]) == ("22:10", "+1 day 02:46")
    assert story.frame.show(story.ends_at) == "+1 day 03:10"


def test_a_scenario_is_found_by_name_or_by_path(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("scenario: mine\n")
    assert find(str(path)) == path
    assert find("quiet-night").stem == "quiet-night"
    for unknown in ("noisy-night", "../scenarios/quiet-night"):
        with pytest.raises(ScenarioUnknown, match=r"shipped: .*night-illness, .*quiet-night"):
            find(unknown)


def test_every_fault_is_listed_with_line_field_found_expected_and_the_nearest_right_word() -> None:
    text = """\
scenario: Big Night
title: One night.
strats: "22:00"
until: soon
cast: {deji: {tagz: []}}
timeline:
  - "22:00 deji goes to bet"
  - {at: "23:00", event: bed.exitd}
expect:
  - {told: norbu, when: "02:13"}
  - {nobody: hears}
"""
    with pytest.raises(StoryFaults) as refused:
        read_scenario(text, "big.yaml")
    listed = {(each.line, each.field): each for each in refused.value.faults}
    assert list(listed) == [
        (1, "scenario"),
        (3, "strats"),
        (4, "until"),
        (5, "cast.deji.tagz"),
        (7, "timeline[1]"),
        (8, "timeline[2].event"),
        (10, "expect[1].by"),
        (10, "expect[1].when"),
        (11, "expect[2]"),
    ]
    assert listed[3, "strats"].nearest == "starts"
    assert listed[5, "cast.deji.tagz"].nearest == "tags"
    assert listed[7, "timeline[1]"].nearest == "deji goes to bed"
    assert listed[8, "timeline[2].event"].nearest == "bed.exited"
    assert "told, hears, alert, rule" in listed[11, "expect[2]"].expected
    assert str(listed[4, "until"]).startswith("big.yaml:4: until: found 'soon', expected a local time")


def test_a_missing_key_is_named() -> None:
    assert said(until=None) == ["until: found nothing, expected a value"]


@pytest.mark.parametrize("empty", [{"expect": []}, {"expect": None}, {"expect": [], "title": 5}])
def test_a_scenario_that_expects_nothing_is_refused(empty: dict[str, Any]) -> None:
    assert any("it proves nothing" in each for each in said(**empty))


def test_thousands_of_brackets_are_refused_where_they_become_too_many() -> None:
    with pytest.raises(StoryFaults) as refused:
        read_scenario("scenario: x\ntimeline: " + "[" * 3000, "deep.yaml")
    assert (
        str(refused.value) == "deep.yaml: file: found something too deep on line 2, expected a plain rulebook"
    )


def test_of_thousands_of_slips_each_is_named_and_the_first_with_the_right_word() -> None:
    slips = said(timeline=[f"22:00 deji gets upp {number}" for number in range(MOST_HINTS + 2)])
    assert len(slips) == MOST_HINTS + 2
    assert "did you mean 'deji gets up'?" in slips[MOST_HINTS - 1]
    assert slips[MOST_HINTS].endswith("that a device does, or that goes wrong")


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        (
            {"expect": [{"told": "norbi", "by": "22:14"}]},
            "expect[1].told: found 'norbi', expected one of the work",
        ),
        ({"expect": [{"told": "anybody", "by": "22:14"}]}, "expect[1].told: found 'anybody'"),
        ({"expect": [{"told": "norbu"}]}, "expect[1].by: found nothing"),
        (
            {"expect": [{"told": "norbu", "by": "02:13"}]},
            "expect[1].by: found '02:13', expected a time within",
        ),
        ({"expect": [{"alert": "any", "by": "22:14"}]}, "expect[1].alert: found 'any'"),
        ({"expect": [{"device": "lamp", "hears": ["heard"]}]}, "expect[1].device: found 'lamp'"),
        (
            {"expect": [{"told": "norbu", "over": "email", "by": "22:14"}]},
            "expect[1].over: found 'email', expected a channel of norbu (webhook)",
        ),
        ({"must_not": [{"alert": "any", "about": "cat"}]}, "must_not[1].about: found 'cat'"),
        ({"must_not": [{"rule": "call", "resident": "cat"}]}, "must_not[1].resident: found 'cat'"),
        (
            {"must_not": [{"told": "pema", "from": "23:00", "until": "22:00"}]},
            "must_not[1].until: found '22:00'",
        ),
        (
            {"timeline": ["22:00 tashi presses"]},
            "timeline[1]: found 'tashi', expected one of the cast (deji)",
        ),
        ({"timeline": ["22:00 lamp sends door.opened"]}, "timeline[1]: found 'lamp', expected a device"),
        (
            {"timeline": ["22:00 mat sends door.opened"]},
            "timeline[1]: found a bed_sensor, expected a device that",
        ),
        (
            {"timeline": [{"at": "21:00", "event": "bed.exited"}]},
            "timeline[1].at: found '21:00', expected a time",
        ),
        (
            {"timeline": [{"at": "22:00", "event": "bed.exited", "every": "5m"}]},
            "timeline[1].every: found the key",
        ),
        ({"until": "22:05"}, "until: found '22:05', expected a time after all that happens"),
        (
            {"cast": residing(enrolled="22:30")},
            "cast.deji.enrolled: found '22:30', expected a time not after the",
        ),
        ({"cast": residing(left="21:30")}, "cast.deji.left: found '21:30', expected a time after the start"),
        (
            {"cast": residing(enrolled="22:00", left="22:00")},
            "cast.deji.left: found '22:00', expected a time after `enrolled`",
        ),
        (
            {"cast": residing(left="+1 day 04:00")},
            "cast.deji.left: found '+1 day 04:00', expected a time not after",
        ),
        (
            {"workers": answering(norbu=["accepts after 40s", "hands over after 1m to norbu"])},
            "workers.norbu.answers: found 'norbu', expected one of the other workers (lhamo, pema)",
        ),
        ({"workers": {**SMALL["workers"], "mat": {}}}, "devices.mat: found a name that stands in workers"),
        ({"workers": {**SMALL["workers"], "anybody": {}}}, "workers.anybody: found the word for everybody"),
        ({"homes": {"house": {"neighbour": "pem"}}}, "homes.house.neighbour: found 'pem'"),
        (
            {"cast": having(mat={"type": "bed_sensor", "ecosystem": "zigbee3mqtt"})},
            "cast.deji.devices.mat.ecosystem",
        ),
        (
            {"workers": answering(norbu=["arrives after 10m"])},
            "workers.norbu.answers: found list, expected a person",
        ),
    ],
)
def test_what_the_parts_say_of_one_another_must_hold(changes: dict[str, Any], fault: str) -> None:
    assert any(each.startswith(fault) for each in said(**changes)), said(**changes)


def test_the_nearest_name_is_offered() -> None:
    (fault,) = faults(expect=[{"told": "norbi", "by": "22:14"}])
    assert fault.nearest == "norbu"


def test_what_cannot_be_played_yet_is_refused_and_never_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("devices.simulator.playable.TROUBLES", frozenset({"chatter"}))
    (refused,) = faults(timeline=["22:00 deji presses", "03:00 the service restarts"], until="+1 day 04:00")
    assert "something that can be played yet (DEVICE chatters)" in refused.expected
    assert scenario(timeline=["from 22:00 mat chatters for 20m"]).steps


def test_an_entry_says_what_happened_and_when_it_was_received() -> None:
    entry = {
        "at": "22:00",
        "received": "22:30",
        "event": "bed.vitals",
        "device": "mat",
        "data": {"heart_rate": 61},
    }
    (step,) = scenario(timeline=[entry]).steps
    assert isinstance(step.what, Saying)
    assert step.at - (step.what.occurred_at or step.at) == timedelta(minutes=30)
    assert step.what.data == {"heart_rate": 61}


ORDERED = {"at": "22:00", "override": "out-of-bed-at-night", "set": {"for": "90m"}}


def test_a_rule_is_another_for_a_resident_key_by_key_until_its_end() -> None:
    entry = {**ORDERED, "set": {"for": "90m", "enabled": False}, "until": "+1 day 00:00"}
    story = scenario(timeline=[entry])
    for step, key, value in zip(story.steps, ("for", "enabled"), ("90m", False), strict=True):
        assert isinstance(step.what, Override)
        assert (step.what.resident, step.what.rule) == ("deji", "out-of-bed-at-night")
        assert (step.what.key, step.what.value) == (key, value)
        assert step.what.until is not None
        assert story.frame.show(step.what.until) == "+1 day 00:00"


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"set": {"fro": "90m"}}, "timeline[1].set.fro: found 'fro', expected a key that may be another"),
        ({"set": {"for": ["90m"]}}, "timeline[1].set.for: found list, expected a value"),
        ({"set": {}}, "timeline[1].set: found nothing"),
        ({"until": "21:00"}, "timeline[1].until: found '21:00', expected a time after `at`"),
        ({"every": "5m", "until": "22:10"}, "timeline[1].every: found the key"),
        ({"device": "mat"}, "timeline[1].device: found the key"),
        ({"resident": "cat"}, "timeline[1].resident: found 'cat', expected one of the cast"),
        ({"event": "bed.exited"}, "timeline[1]: found event and override"),
    ],
)
def test_what_an_override_cannot_say_is_refused(changes: dict[str, Any], fault: str) -> None:
    refused = said(timeline=[{**ORDERED, **changes}])
    assert any(each.startswith(fault) for each in refused), refused


def test_an_entry_may_come_again_and_again_both_ends_included() -> None:
    entry = {"at": "22:00", "event": "bed.vitals", "every": "5m", "until": "22:20"}
    steps = scenario(timeline=[entry, "22:10 deji presses"]).steps
    assert [isinstance(each.what, Act) for each in steps] == [False, False, False, True, False, False]
    assert len({each.what.id for each in steps if isinstance(each.what, Saying)}) == 5


def test_whoever_is_alone_need_not_be_named_and_has_what_is_needed() -> None:
    short = {"scenario": "short", "title": "A fall.", "until": "23:00", "timeline": ["22:00 falls"]}
    story = read_scenario(json.dumps({**short, "must_not": ["call"]}), "short.yaml")
    assert [each.name for each in story.cast.residents] == ["deji"]
    assert [(each.name, each.type, each.home) for each in story.devices] == [
        ("deji-fall_detector", "fall_detector", "deji-home")
    ]
    assert story.starts_at == story.steps[0].at


def test_with_two_residents_a_sentence_names_one() -> None:
    cast: dict[str, dict[str, str]] = {"deji": {}, "pema2": {}}
    assert "nobody" in said(cast=cast, homes={}, timeline=["22:00 presses"], expect=[], must_not=["call"])[0]


def test_the_first_day_is_that_of_the_start_where_it_has_one() -> None:
    story = scenario(starts="2025-12-31 21:30", until="+1 day 03:00")
    assert story.first_day.isoformat() == "2025-12-31"


@pytest.mark.parametrize("text", ["a: [", "a: 1\na: 2\n", "", "- 1"])
def test_what_is_no_scenario_is_refused_in_words(text: str) -> None:
    with pytest.raises(StoryFaults, match=r"x\.yaml"):
        read_scenario(text, "x.yaml")


def test_what_is_no_text_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "story.yaml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(StoryFaults, match="a text in UTF-8"):
        read(path)


def test_the_content_of_the_tests_is_read() -> None:
    assert content()["scenario"] == scenario().scenario


def test_a_title_is_said_in_the_language_that_is_asked_for_or_in_another() -> None:
    told = scenario(title={"zh-CN": "安静的一夜", "en": "A quiet night"})
    assert [told.title_in(language) for language in ("zh-CN", "en", "bo")] == [
        "安静的一夜",
        "A quiet night",
        "A quiet night",
    ]
    assert scenario(title="A quiet night").title_in("bo") == "A quiet night"


@pytest.mark.parametrize("title", [{}, {"de": "Eine stille Nacht"}, {"en": ""}, 7])
def test_a_title_is_a_sentence_in_a_language_of_the_house(title: object) -> None:
    assert any(fault.field.startswith("title") for fault in faults(title=title))
