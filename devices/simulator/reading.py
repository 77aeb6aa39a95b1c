"""Reads scenario files: YAML 1.2, by path or by the name of a shipped one. A faulty file is refused whole,
with every fault listed (where it stands, what was found, what was expected).
"""

from pathlib import Path
from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from devices.simulator.consistency import Fault, faults_of
from devices.simulator.scenario import Scenario

SHIPPED = Path(__file__).parent / "scenarios"


class ScenarioFaulty(Exception):
    """A scenario file cannot be played; its writer can mend it by the list of faults."""

    def __init__(self, path: Path, faults: list[Fault]) -> None:
        lines = [f"{path}: {where}: {what}" if where else f"{path}: {what}" for where, what in faults]
        super().__init__("\n".join(lines))
        self.faults = faults


class ScenarioUnknown(Exception):
    """No shipped scenario has that name, and no file that path."""


def shipped() -> list[Path]:
    """The scenarios that come with the simulator, by name."""
    return sorted(SHIPPED.glob("*.yaml"))


def find(name_or_file: str) -> Path:
    """The path of a shipped scenario's name, or of a file."""
    by_name = SHIPPED / f"{name_or_file}.yaml"
    if by_name.parent == SHIPPED and by_name.is_file():
        return by_name
    path = Path(name_or_file)
    if path.is_file():
        return path
    known = ", ".join(each.stem for each in shipped())
    raise ScenarioUnknown(f"no scenario is named {name_or_file} and no such file exists; shipped: {known}")


def read(path: Path) -> Scenario:
    try:
        content = YAML(typ="safe", pure=True).load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, YAMLError) as error:
        raise ScenarioFaulty(path, [("", f"cannot be read as YAML: {error}")]) from error
    try:
        scenario = Scenario.model_validate(content)
    except ValidationError as error:
        raise ScenarioFaulty(path, [_fault(each) for each in error.errors()]) from error
    faults = faults_of(scenario)
    if faults:
        raise ScenarioFaulty(path, faults)
    return scenario


def _fault(error: Any) -> Fault:
    where = ".".join(str(step) for step in error["loc"])
    what = error["msg"].removeprefix("Value error, ")
    if error["type"] == "extra_forbidden":
        return where, "an unknown key"
    if error["type"] == "missing":
        return where, "missing"
    found = repr(error["input"])
    return where, f"found {found[:80]}; {what[:1].lower()}{what[1:]}"
