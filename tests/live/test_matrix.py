"""The matrix scenarios × faults through the command line, against services that it starts: a small one, whose
house is killed in the middle of a watch, at the press and just after it.
"""

import json
from pathlib import Path

from tests.live.test_scenarios import simulate

STORY = """
scenario: one-press
title: One press in the evening, answered at once.
starts: "21:30"
until: "21:34"
cast:
  deji: {called: 德吉, worker: norbu, devices: {button: call_button}}
workers:
  norbu: {called: 罗布, role: grid_worker, answers: [accepts after 40s]}
timeline:
  - "21:31 deji presses"
expect:
  - {alert: call-button, about: deji, by: "21:31:05"}
"""


def test_a_press_is_neither_lost_nor_doubled_by_a_killed_house_or_a_line_that_says_all_twice(
    tmp_path: Path,
) -> None:
    story, cells = tmp_path / "one-press.yaml", tmp_path / "cells.json"
    story.write_text(STORY, "utf-8")
    faults = ("--fault", "service-restart", "--fault", "duplicate")
    played = simulate("matrix", str(story), *faults, "--json", str(cells))
    assert played.returncode == 0, played.stdout + played.stderr
    marks = {cell["fault"]: cell["mark"] for cell in json.loads(cells.read_text("utf-8"))}
    assert marks == {"service-restart": "same", "duplicate": "same"}
    assert "2 cells with seed 1: 2 same, 0 as allowed, 0 FAIL" in played.stdout


def test_a_fault_that_nobody_knows_is_refused_with_those_that_are_known() -> None:
    refused = simulate("matrix", "--fault", "earthquake")
    assert refused.returncode == 2
    assert "earthquake" in refused.stderr
    assert "broker-restart" in refused.stderr
