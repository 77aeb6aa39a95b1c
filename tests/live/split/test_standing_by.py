"""A second process of rules or notify stands by and takes over within five seconds of a kill; a process of
ingest that is killed loses nothing.
"""

from __future__ import annotations

import json
import signal
from datetime import timedelta

import pytest

from services.domain.instants import parse_instant
from services.wiring.clock import SystemClock
from tests.live.house.running import Hook
from tests.live.split.home import Home
from tests.live.split.processes import County, ServiceProcess

pytestmark = [
    pytest.mark.timeout(300),  # five processes begin at once
    pytest.mark.needs_program("mosquitto"),
    pytest.mark.needs_program("mosquitto_pub"),
    pytest.mark.needs_program("mosquitto_sub"),
]
PROMISED = timedelta(seconds=5)


def leader(role: str, *processes: ServiceProcess) -> ServiceProcess:
    """Which of the processes has a role, by what it said in its log."""
    [found] = [process for process in processes if f"has the role {role} now" in process.log]
    return found


def test_a_second_rules_runner_takes_over_within_five_seconds_of_a_kill(county: County, hook: Hook) -> None:
    running = county.start("ingest", "rules", "notify", "console")
    second = county.process("rules").start()
    home = Home(county.api(running["console"]), hook)
    home.press(1)
    hook.next()
    assert leader("rules", running["rules"], second) is running["rules"]
    killed_at = SystemClock().now()
    running["rules"].end(signal.SIGKILL)
    home.press(2)
    assert hook.next()["data"]["kind"] == "joined"
    assert "has the role rules now" in second.log
    findings = home.api.items(f"findings?resident_id={home.resident}")
    facts = home.alert()["facts"]
    assert [fact["finding_id"] for fact in facts] == [finding["id"] for finding in findings]
    assert killed_at < parse_instant(facts[1]["joined_at"]) < killed_at + PROMISED


def test_a_second_notify_takes_over_alerts_deliveries_and_commands(county: County, hook: Hook) -> None:
    running = county.start("ingest", "rules", "notify", "console")
    second = county.process("notify").start()
    home = Home(county.api(running["console"]), hook)
    with home.device.hearing(home.topic("command")) as commands:
        home.press(1)
        first = hook.next()
        assert json.loads(commands.next().split(" ", 2)[2])["state"] == "heard"
        assert leader("alerts", running["notify"], second) is running["notify"]
        killed_at = SystemClock().now()
        running["notify"].end(signal.SIGKILL)
        home.press(2)
        # What was sent or said when its process died, and not noted as such, goes out twice.
        while (notice := hook.next())["data"]["kind"] != "joined":
            assert notice["id"] == first["id"]
        assert json.loads(commands.next().split(" ", 2)[2])["state"] == "heard"
        home.accept()
        while (state := json.loads(commands.next().split(" ", 2)[2])["state"]) != "coming":
            assert state == "heard"
    joined_at = parse_instant(home.alert()["facts"][1]["joined_at"])
    assert killed_at < joined_at < killed_at + PROMISED


def test_one_press_that_reaches_two_processes_of_ingest_is_one_event(county: County, hook: Hook) -> None:
    running = county.start("ingest", "rules", "notify", "console")
    county.process("ingest").start()
    home = Home(county.api(running["console"]), hook)
    results = []
    with home.device.hearing(home.topic("receipt")) as receipts:
        for _ in range(4):
            home.press(1)
            results.append(json.loads(receipts.next().split(" ", 2)[2])["result"])
    assert sorted(results) == ["duplicate", "duplicate", "duplicate", "stored"]
    assert len(home.api.items(f"events?resident_id={home.resident}&kind=call_button.pressed")) == 1
    assert len(home.alert()["facts"]) == 1
    hook.next()


def press_and_hear(home: Home, numbers: range) -> None:
    """Press so many times, and hear that each press is stored; what two took in is answered twice."""
    wanted = {f"press-{number}" for number in numbers}
    with home.device.hearing(home.topic("receipt")) as receipts:
        for number in numbers:
            home.press(number)
        while wanted:
            wanted.discard(json.loads(receipts.next().split(" ", 2)[2])["id"])


def test_a_press_reaches_people_though_the_ingest_it_was_handed_to_is_dead(
    county: County, hook: Hook
) -> None:
    """Without a re-send: six presses in a row cannot all be handed to the one that lives."""
    running = county.start("ingest", "rules", "notify", "console")
    second = county.process("ingest").start()
    home = Home(county.api(running["console"]), hook)
    second.end(signal.SIGKILL)
    killed_at = SystemClock().now()
    press_and_hear(home, range(6))
    assert hook.next()["data"]["resident"]["name"] == "措姆"
    events = home.api.items(f"events?resident_id={home.resident}&kind=call_button.pressed")
    assert len(events) == 6
    assert parse_instant(events[-1]["received_at"]) < killed_at + 2 * PROMISED
    second.start()
    press_and_hear(home, range(6, 12))
    assert "is gone" in running["ingest"].log
    for number in range(12, 112):
        if "is back" in running["ingest"].log:
            return
        press_and_hear(home, range(number, number + 1))
    raise AssertionError(running["ingest"].log)
