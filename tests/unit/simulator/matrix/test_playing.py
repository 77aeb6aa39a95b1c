"""The matrix with a small stage in place of the service: which cells are played, with what, and what is shown
of them.
"""

import json
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from threading import Event
from xml.etree import ElementTree as ET

import pytest
from rich.console import Console

from devices.simulator.acts import Saying
from devices.simulator.faults import HOUSE_FAULTS
from devices.simulator.faults.house import HouseNotWhole
from devices.simulator.happenings import Happening, What
from devices.simulator.instrumented import sayings_of
from devices.simulator.matrix.faults import FAULTS, Plan, telling_instants
from devices.simulator.matrix.judging import Mark
from devices.simulator.matrix.junit import junit
from devices.simulator.matrix.outcome import Entry
from devices.simulator.matrix.playing import Row, all_well, as_json, play_matrix
from devices.simulator.matrix.showing import show
from devices.simulator.run import Played
from devices.simulator.scenario import Scenario
from tests.unit.simulator.stories import scenario

STORY = scenario()
PRESS = STORY.steps[1].at


def press_alerts(_scenario: Scenario, plan: Plan) -> Played:
    """A service that opens one alert a press it hears of, and knows a press again by its id."""
    heard: dict[str, Saying] = {}
    for saying in plan.sayings:
        if saying.kind == "call_button.pressed":
            heard.setdefault(saying.id, saying)
    return Played([_alert(saying) for saying in heard.values()], [])


def forgetful(_scenario: Scenario, plan: Plan) -> Played:
    """A service that takes each message for a new one."""
    presses = [saying for saying in plan.sayings if saying.kind == "call_button.pressed"]
    return Played([_alert(saying) for saying in presses], [])


def fragile(scenario: Scenario, plan: Plan) -> Played:
    if plan.strikes:
        raise HouseNotWhole("another broker did not come within 60 s")
    return press_alerts(scenario, plan)


def _alert(saying: Saying) -> Happening:
    fields = {"alert": "call-button", "about": "deji", "severity": "high"}
    return Happening(saying.at, What.ALERT, "deji", "alert call-button", fields)


def played(play: object, *faults: str) -> Row:
    [row] = play_matrix([STORY], faults or list(FAULTS), 1, play, lambda *_: None)  # type: ignore[arg-type]
    return row


def test_a_service_that_knows_a_press_again_is_the_same_or_as_allowed_under_every_fault() -> None:
    row = played(press_alerts)
    assert {fault: cell.mark for fault, cell in row.cells.items() if cell.mark is Mark.FAIL} == {}
    assert row.cells["late"].mark is Mark.ALLOWED
    assert row.cells["duplicate"].mark is Mark.SAME
    assert all_well([row])


def test_who_breaks_it_off_waits_for_the_plays_that_run_and_for_no_other() -> None:
    begun, broken_off = list[str](), Event()

    def play(scenario: Scenario, plan: Plan) -> Played:
        begun.append(scenario.scenario)
        if len(begun) > 1:
            broken_off.wait(10)
        return press_alerts(scenario, plan)

    def told(_story: str, _fault: str) -> None:
        broken_off.set()
        raise KeyboardInterrupt

    stories = [replace(STORY, scenario=f"story-{number}") for number in range(40)]
    with pytest.raises(KeyboardInterrupt):
        play_matrix(stories, [], 1, play, told)
    assert len(begun) < len(stories)


def test_a_service_that_takes_a_copy_for_a_new_press_fails_and_is_shown_with_what_differs() -> None:
    row = played(forgetful, "duplicate")
    assert row.cells["duplicate"].mark is Mark.FAIL
    shown = StringIO()
    show(Console(file=shown, width=120), [row], ["duplicate"], 1)
    text = shown.getvalue()
    assert "small × duplicate: FAIL" in text
    assert "alert call-button about deji: added; nearest:" in text
    assert "1 cells with seed 1: 0 same, 0 as allowed, 1 FAIL" in text
    assert not all_well([row])


def test_a_house_that_does_not_come_back_is_a_cell_that_failed_and_no_end_of_the_matrix() -> None:
    row = played(fragile, "duplicate", "broker-restart")
    assert row.cells["duplicate"].mark is Mark.SAME
    assert row.cells["broker-restart"].broke_off == "another broker did not come within 60 s"
    cells = json.loads(json.dumps(as_json([row])))
    assert [(each["fault"], each["mark"]) for each in cells] == [
        ("duplicate", "same"),
        ("broker-restart", "FAIL"),
    ]
    suite = ET.fromstring(junit([row])).find("testsuite")  # noqa: S314 - our own words
    assert suite is not None
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")


def test_a_story_that_cannot_be_played_clean_is_said_and_no_fault_is_played() -> None:
    def broken(_scenario: Scenario, _plan: Plan) -> Played:
        raise HouseNotWhole("no")

    row = played(broken)
    assert (row.unplayable, row.cells) == ("no", {})
    assert not all_well([row])


def test_a_fault_of_the_house_strikes_before_at_and_just_after_the_press() -> None:
    sayings = tuple(sayings_of(STORY, 1))
    instants = telling_instants(sayings, [], 1)
    assert instants is not None
    assert instants.device == "button"
    plan = FAULTS["service-restart"].plan(sayings, instants, 1)
    assert [strike.at - PRESS for strike in plan.strikes] == [
        timedelta(minutes=-4),
        timedelta(0),
        timedelta(seconds=1),
    ]
    assert plan.sayings == sayings


def test_where_nobody_calls_it_strikes_at_something_that_somebody_was_told() -> None:
    sayings = [replace(each, kind="bed.exited") for each in tuple(sayings_of(STORY, 1))]
    entry = Entry(What.NOTICE, ("norbu", "alert", "out-of-bed"), PRESS + timedelta(minutes=20))
    instants = telling_instants(sayings, [entry], 1)
    assert instants is not None
    assert (instants.at, instants.device) == (entry.at, "button")


def test_where_no_device_speaks_only_the_house_is_struck_around_something_that_somebody_was_told() -> None:
    entry = Entry(What.NOTICE, ("norbu", "alert", "twice-monthly-visit"), PRESS)
    instants = telling_instants([], [entry], 1)
    assert instants is not None
    plan = FAULTS["service-restart"].plan((), instants, 1)
    assert [strike.at - PRESS for strike in plan.strikes] == [
        timedelta(minutes=-4),
        timedelta(0),
        timedelta(seconds=1),
    ]
    assert telling_instants([], [], 1) is None
    nobody = replace(STORY, steps=())
    [row] = play_matrix([nobody], list(FAULTS), 1, press_alerts, lambda *_: None)
    assert set(row.cells) == set(HOUSE_FAULTS)


def test_the_same_seed_makes_the_same_plan_and_each_message_of_a_story_has_an_id_of_its_own() -> None:
    sayings = tuple(sayings_of(STORY, 1))
    assert len({(each.device, each.id) for each in sayings}) == len(sayings) == 2
    instants = telling_instants(sayings, [], 7)
    assert instants is not None
    for fault in FAULTS.values():
        assert fault.plan(sayings, instants, 7) == fault.plan(sayings, instants, 7)


def test_each_fault_of_the_wire_changes_what_devices_say() -> None:
    sayings = tuple(sayings_of(STORY, 1))
    instants = telling_instants(sayings, [], 1)
    assert instants is not None
    changed = {fault for fault, it in FAULTS.items() if it.plan(sayings, instants, 1).sayings != sayings}
    struck = {fault for fault, it in FAULTS.items() if it.plan(sayings, instants, 1).strikes}
    assert changed | struck == set(FAULTS)
