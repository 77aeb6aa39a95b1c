"""Reads scenario files: YAML 1.2, by path or by the name of a shipped one. A faulty file is refused whole,
with every fault listed: file, line, field, what was found, what was expected, the nearest right word.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from devices.simulator.form import ScenarioFile
from devices.simulator.scenario import Scenario
from devices.simulator.telling import tell
from devices.simulator.villages import expanded
from notation.faults import StoryFault, StoryFaults, shown_value
from notation.forms import Amiss, amiss
from notation.values import Json
from notation.yaml_core import read_yaml

SHIPPED = Path(__file__).parent / "scenarios"


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
    """The scenario of a file; `StoryFaults` with every fault in it if there is any."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise StoryFaults([StoryFault(str(path), 0, None, "file", str(error), "a text in UTF-8")]) from error
    return read_scenario(text, str(path))


def read_scenario(text: str, file: str) -> Scenario:
    """The scenario in ``text``; `StoryFaults` with every fault in it if there is any. ``file`` is named in
    them.
    """
    lines: dict[str, int] = {}
    found: list[Amiss] = []

    def complain(field: str, what: str, expected: str) -> None:
        found.append(Amiss(field, what, expected))

    def line_of(field: str) -> int:
        return _line(lines, field)

    given: Json = read_yaml(text, complain, meant="a scenario", lines=lines)
    told: Scenario | None = None
    if isinstance(given, dict):
        given = expanded(given)
        try:
            form = ScenarioFile.model_validate(given)
        except ValidationError as error:
            found += [each for _, each in amiss(ScenarioFile, given, error)]
        else:
            outcome = tell(form, line_of, file)
            if isinstance(outcome, Scenario):
                told = outcome
            else:
                found += outcome
        _look_for_expectations(given, found)
    elif not found:
        complain("file", shown_value(given), "the keys of a scenario")
    if found or told is None:
        faults = [StoryFault(file, line_of(each.field), None, *each) for each in found]
        raise StoryFaults(sorted(faults, key=lambda fault: fault.line))
    return told


def _look_for_expectations(given: dict[str, Json], found: list[Amiss]) -> None:
    """A scenario that expects nothing is told so even if its form is not good yet."""
    if (
        not given.get("expect")
        and not given.get("must_not")
        and not any(each.field == "expect" for each in found)
    ):
        found.append(
            Amiss("expect", "nothing", "something that must or must not come of it, else it proves nothing")
        )


def _line(lines: dict[str, int], field: str) -> int:
    """The line of a field, or of the nearest thing around it; 0 for the file as a whole."""
    while field and field not in lines:
        field = field[: max(field.rfind("."), field.rfind("["), 0)]
    return lines.get(field, 0) if field else 0
