"""A small scenario for the tests of the simulator, and the means to bend it."""

from copy import deepcopy
from typing import Any

from devices.simulator.scenario import Scenario

SMALL: dict[str, Any] = {
    "scenario": "small",
    "title": "One press at night.",
    "starts": "2025-07-22 21:30",
    "ends": "03:00",
    "cast": {
        "homes": [{"name": "house", "neighbour": "pema"}],
        "workers": [
            {
                "name": "norbu",
                "called": "罗布",
                "role": "grid_worker",
                "answers": ["accepts after 40s", "arrives after 10m", "closes after 5m as helped"],
            },
            {"name": "lhamo", "called": "拉姆", "role": "grid_worker", "answers": "never"},
            {"name": "pema", "called": "白玛", "role": "neighbour", "answers": "never"},
        ],
        "residents": [
            {"name": "deji", "called": "德吉", "home": "house", "worker": "norbu", "backup": "lhamo"}
        ],
    },
    "devices": [
        {"name": "button", "type": "call_button", "home": "house", "resident": "deji"},
        {"name": "mat", "type": "bed_sensor", "home": "house", "resident": "deji"},
    ],
    "timeline": ["22:00 deji goes to bed", "02:13 deji presses"],
    "expect": [{"alert": "call-button", "about": "deji", "by": "02:13:05"}],
}


def content(**changes: Any) -> dict[str, Any]:
    """What the file says, with other values at its first level; None leaves a key out."""
    changed = {**deepcopy(SMALL), **changes}
    return {name: value for name, value in changed.items() if value is not None}


def scenario(**changes: Any) -> Scenario:
    return Scenario.model_validate(content(**changes))


def answering(**answers: object) -> dict[str, Any]:
    """The cast, with other answers of the workers named."""
    cast = deepcopy(SMALL["cast"])
    for worker in cast["workers"]:
        worker["answers"] = answers.get(worker["name"], worker["answers"])
    return dict(cast)
