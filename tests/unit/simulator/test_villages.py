"""A community in one line: homes, people and those who answer for them, written out in the grammar of the
file, the same each time.
"""

import pytest

from devices.simulator.reading import read_scenario
from devices.simulator.scenario import Scenario
from notation.faults import StoryFaults

FRAME = """
scenario: village
title: A village
starts: "20:00"
until: "+1 day 10:00"
must_not:
  - {alert: device-silent}
"""


def village(more: str) -> Scenario:
    return read_scenario(FRAME + more, "village.yaml")


def faults(more: str) -> list[str]:
    with pytest.raises(StoryFaults) as caught:
        village(more)
    return [str(fault) for fault in caught.value.faults]


def test_every_home_is_lived_in_and_somebody_answers_for_it() -> None:
    scenario = village("community: {homes: 71}")
    assert len(scenario.cast.homes) == 71
    workers = {each.name: each for each in scenario.cast.workers}
    assert {home.neighbour for home in scenario.cast.homes} <= workers.keys()
    residents = scenario.cast.residents
    assert {each.home for each in residents} == {home.name for home in scenario.cast.homes}
    assert all(
        each.life is not None and each.worker in workers and each.backup in workers for each in residents
    )
    assert all(each.worker != each.backup for each in residents)
    assert len({each.called for each in residents}) == len(residents)
    types = {each.type for each in scenario.devices}
    assert types == {"bed_sensor", "call_button", "motion_sensor", "door_sensor"}
    assert len(scenario.devices) == len(types) * len(residents)
    assert {"duty_desk", "technician", "grid_worker", "neighbour"} == {each.role for each in workers.values()}


def test_the_same_line_is_the_same_community_and_another_seed_is_another() -> None:
    assert village("community: {homes: 20}") == village("community: {homes: 20}")
    assert village("community: {homes: 20}").cast != village("community: {homes: 20, seed: 2}").cast


def test_a_larger_community_has_the_smaller_one_in_it() -> None:
    small, large = (village(f"community: {{homes: {homes}}}") for homes in (20, 40))
    names = {each.name: (each.called, each.life) for each in large.cast.residents}
    assert all(names[each.name] == (each.called, each.life) for each in small.cast.residents)


def test_what_the_file_says_of_a_name_itself_holds() -> None:
    scenario = village(
        "community: {homes: 3}\ncast:\n  elder-2: {called: 拉姆, home: home-2, worker: grid-1}\n"
        "workers:\n  desk: {role: duty_desk, answers: never}\n"
    )
    told = next(each for each in scenario.cast.residents if each.name == "elder-2")
    assert (told.called, told.life) == ("拉姆", None)
    desk = next(each for each in scenario.cast.workers if each.name == "desk")
    assert desk.answers == ()


def test_who_is_up_before_it_is_day_is_known_to_the_care_team() -> None:
    scenario = village("community: {homes: 71}")
    early = {
        each.name
        for each in scenario.cast.residents
        if each.life is not None and each.life.habit == "early_riser"
    }
    assert early
    assert {step.who for step in scenario.steps} == early
    assert all("out-of-bed-at-night" in step.words for step in scenario.steps)


def test_vitals_are_told_as_often_as_is_said() -> None:
    scenario = village("community: {homes: 3, vitals_every: 5m, devices: [bed_sensor]}")
    lives = [each.life for each in scenario.cast.residents if each.life is not None]
    assert {life.vitals_every.total_seconds() for life in lives} == {300.0}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("community: {homes: 0}", "community.homes"),
        ("community: {homes: 1001}", "community.homes"),
        ("community: 71", "community"),
        ("community: {homes: 3, device: [bed_sensor]}", "community.device"),
        ("community: {homes: 3, devices: [bed]}", "community.devices"),
    ],
)
def test_a_line_of_another_form_is_a_fault_of_the_file(line: str, said: str) -> None:
    assert any(said in fault for fault in faults(line))
