"""The habits that ship with the simulator: a file each, of what differs from `steady.yaml`. Only reads; what
the keys mean and what they may say is decided in `devices.simulator.lives.form`.
"""

from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

HABITS = Path(__file__).parent / "habits"
STEADY = "steady"


def habits() -> tuple[str, ...]:
    """The names of the shipped habits."""
    return tuple(sorted(path.stem for path in HABITS.glob("*.yaml")))


@cache
def habit_named(name: str) -> dict[str, Any]:
    """All keys of a habit; an unknown one is a ValueError that names those there are."""
    if name not in habits():
        raise ValueError(f"habit: found {name[:64]}; expected one of {', '.join(habits())}")
    own = YAML(typ="safe", pure=True).load((HABITS / f"{name}.yaml").read_text("utf-8"))
    return dict(own) if name == STEADY else {**habit_named(STEADY), **own}
