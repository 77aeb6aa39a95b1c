"""A story whose residents live, played with devices that say ahead of time what they will say, and played
message by message: the alert logs are the same bytes.
"""

import sys
from datetime import datetime
from pathlib import Path

import pytest

from devices.simulator import run
from devices.simulator.instrumented import is_long
from devices.simulator.log import alert_log
from devices.simulator.reading import read_scenario

STORY = """
scenario: two-homes
title: Two homes, an evening and a night; one presses, one stays out of bed, a third is there for the dice.
starts: "21:30"
until: "+1 day 03:30"
community: {homes: 2, devices: [bed_sensor, call_button], vitals_every: 30m}
timeline:
  - "23:40:05 elder-1 presses"
  - "+1 day 00:50 elder-2 presses"
expect:
  - {alert: call-button, about: elder-1, by: "23:40:10", times: 1}
  - {alert: call-button, about: elder-2, by: "+1 day 00:50:05", times: 1}
"""


def log_of(monkeypatch: pytest.MonkeyPatch, *, ahead: bool) -> bytes:
    def passing(_: datetime) -> None:
        return None

    scenario = read_scenario(STORY, "two-homes.yaml")
    assert is_long(scenario), "or both ways are one"
    with monkeypatch.context() as bent:
        if not ahead:
            bent.setattr(run, "is_long", lambda _: False)
        anxin = str(Path(sys.executable).with_name("anxin"))
        played = run.run_on_its_own(scenario, [anxin], passing)
    assert played.passed, [each.nearest for each in played.verdicts]
    return alert_log(played.happenings)


def test_what_is_said_ahead_of_time_leaves_what_it_leaves_message_by_message(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ahead = log_of(monkeypatch, ahead=True)
    assert ahead.count(b'"what":"alert"') == 2
    assert log_of(monkeypatch, ahead=False) == ahead
