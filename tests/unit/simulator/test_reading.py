"""Scenario files: the shipped ones can be played, and a faulty one is refused whole with every fault
listed.
"""

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from devices.simulator.reading import ScenarioFaulty, ScenarioUnknown, find, read, shipped
from tests.unit.simulator.stories import SMALL, answering, content


def faults(folder: Path, said: object) -> list[str]:
    path = folder / "story.yaml"
    with path.open("w", encoding="utf-8") as file:
        YAML(typ="safe", pure=True).dump(said, file)
    with pytest.raises(ScenarioFaulty) as caught:
        read(path)
    assert all(line.startswith(f"{path}: ") for line in str(caught.value).splitlines())
    return [line.removeprefix(f"{path}: ") for line in str(caught.value).splitlines()]


def test_the_shipped_scenarios_can_be_played_and_are_named_like_their_files() -> None:
    assert [path.stem for path in shipped()] == ["night-illness", "quiet-night"]
    for path in shipped():
        scenario = read(path)
        assert scenario.scenario == path.stem
        assert scenario.must_not, "a story that may wake anybody at any time proves little"


def test_a_night_crosses_midnight_as_it_is_told() -> None:
    scenario = read(find("night-illness"))
    shown = [scenario.frame.show(at) for at, _ in scenario.lines]
    assert shown[0] == "22:10:00"
    assert shown[-1] == "02:46:00 +1d"
    assert scenario.frame.show(scenario.ends_at) == "03:10:00 +1d"


def test_a_scenario_is_found_by_name_or_by_path(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("scenario: mine\n")
    assert find(str(path)) == path
    assert find("quiet-night").stem == "quiet-night"
    for unknown in ("noisy-night", "../scenarios/quiet-night"):
        with pytest.raises(ScenarioUnknown, match="shipped: night-illness, quiet-night"):
            find(unknown)


def test_every_fault_is_listed_with_its_place(tmp_path: Path) -> None:
    said = content(
        scenario="Big Night",
        starts="yesterday",
        moon="full",
        timeline=["22:00 deji goes to bet", "soon"],
        expect=[{"told": "norbu", "when": "02:13"}, {"nobody": "hears"}],
    )
    listed = faults(tmp_path, said)
    places = [line.partition(":")[0] for line in listed]
    assert places == [
        "scenario",
        "starts",
        "timeline.0",
        "timeline.1",
        "expect.0.told.when",
        "expect.1",
        "moon",
    ]
    assert (
        listed[1]
        == "starts: found 'yesterday'; expected a local date and time in quotes such as '2025-07-22 21:30'"
    )
    assert listed[-1] == "moon: an unknown key"


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    assert faults(tmp_path, content(ends=None)) == ["ends: missing"]


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"expect": []}, "expect: the scenario expects nothing and so proves nothing"),
        ({"expect": [{"told": "tashi", "by": "02:14"}]}, "expect.0.told: no worker is named tashi"),
        ({"expect": [{"told": "anybody", "by": "02:14"}]}, "expect.0.told: no worker is named anybody"),
        ({"expect": [{"told": "norbu"}]}, "expect.0.by: missing"),
        ({"expect": [{"alert": "any", "by": "02:14"}]}, "expect.0.alert: an expected alert has a kind"),
        ({"expect": [{"device": "lamp", "hears": ["heard"]}]}, "expect.0.device: no device is named lamp"),
        (
            {"must_not": [{"alert": "any", "about": "cat"}]},
            "must_not.0.about: no resident or device is named cat",
        ),
        ({"timeline": ["22:00 tashi presses"]}, "timeline.0: no resident is named tashi; known: deji"),
        ({"timeline": ["22:00 deji falls"]}, "timeline.0: deji falls, but has no fall_detector"),
        ({"timeline": ["22:00 lamp sends door.opened"]}, "timeline.0: no device is named lamp"),
        (
            {"timeline": ["22:00 deji presses", "day 1 21:40 deji presses"]},
            "timeline.1: 'day 1 21:40' lies before what comes before it",
        ),
        ({"ends": "day 1 21:40"}, "ends: lies before the last line of the timeline"),
        ({"devices": [SMALL["devices"][0]] * 2}, "cast: button names 2 of the cast and the devices"),
        (
            {"cast": {**SMALL["cast"], "homes": [{"name": "house", "neighbour": "tashi"}]}},
            "cast.homes.house.neighbour: no worker is named tashi",
        ),
    ],
)
def test_what_the_parts_say_of_one_another_must_hold(
    tmp_path: Path, changes: dict[str, Any], fault: str
) -> None:
    listed = faults(tmp_path, content(**changes))
    assert any(line.startswith(fault) for line in listed), listed


def test_an_answer_that_nobody_can_give_is_a_fault_of_its_worker(tmp_path: Path) -> None:
    listed = faults(tmp_path, content(cast=answering(norbu=["arrives after 10m"])))
    assert [line.partition(":")[0] for line in listed] == ["cast.workers.0.answers"]


@pytest.mark.parametrize("text", ["a: [", "a: 1\na: 2\n", "\udcff"])
def test_what_is_no_yaml_is_refused_in_words(tmp_path: Path, text: str) -> None:
    path = tmp_path / "story.yaml"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(ScenarioFaulty, match="cannot be read as YAML"):
        read(path)
