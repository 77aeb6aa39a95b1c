"""A small scenario for the tests of the simulator, and the means to bend it."""

import json
from copy import deepcopy
from typing import Any

from devices.simulator.reading import read_scenario
from devices.simulator.scenario import Scenario

SMALL: dict[str, Any] = {
    "scenario": "small",
    "title": "One press at night.",
    "starts": "21:30",
    "until": "+1 day 03:00",
    "homes": {"house": {"neighbour": "pema"}},
    "workers": {
        "norbu": {
            "called": "罗布",
            "role": "grid_worker",
            "answers": ["accepts after 40s", "arrives after 10m", "closes after 5m as helped"],
        },
        "lhamo": {"called": "拉姆", "role": "grid_worker"},
        "pema": {"called": "白玛", "role": "neighbour", "answers": "never"},
    },
    "cast": {
        "deji": {
            "called": "德吉",
            "home": "house",
            "worker": "norbu",
            "backup": "lhamo",
            "devices": {"button": "call_button", "mat": "bed_sensor"},
        }
    },
    "timeline": ["22:00 deji goes to bed", "02:13 deji presses"],
    "expect": [{"alert": "call-button", "about": "deji", "by": "+1 day 02:13:05"}],
}


def content(**changes: Any) -> dict[str, Any]:
    """What the file says, with other values at its first level; None leaves a key out."""
    changed = {**deepcopy(SMALL), **changes}
    return {name: value for name, value in changed.items() if value is not None}


def scenario(**changes: Any) -> Scenario:
    return read_scenario(json.dumps(content(**changes), ensure_ascii=False), "small.yaml")


def answering(**answers: object) -> dict[str, Any]:
    """The workers, with other answers of those named."""
    workers = deepcopy(SMALL["workers"])
    for name, answer in answers.items():
        workers[name]["answers"] = answer
    return dict(workers)


def having(**devices: Any) -> dict[str, Any]:
    """The cast, with other devices of the resident."""
    cast = deepcopy(SMALL["cast"])
    cast["deji"]["devices"] = devices
    return dict(cast)


def residing(**said: Any) -> dict[str, Any]:
    """The cast, with other keys of the resident."""
    cast = deepcopy(SMALL["cast"])
    cast["deji"] |= said
    return dict(cast)
