"""The arrows between the rooms are held by import-linter. Here: that its contracts know every room, and that
the thinking rooms import nothing but what they were given by name, so that a driver nobody thought of stays
out too.
"""

import ast
import sys
import tomllib
from pathlib import Path

import pytest

from tests.house import tree

THINKING = {
    "domain": {"pydantic"},
    "titles": {"pydantic", "ruamel"},
    "rules": {"pydantic", "ruamel", "cel_expr_python", "notation"},
    "escalation": {"pydantic", "ruamel", "cel_expr_python"},
}


def rooms() -> set[str]:
    return {path.parts[1] for path in tree.modules("services") if len(path.parts) > 2}


def contract(name: str) -> dict[str, list[str]]:
    settings = tomllib.loads(tree.text(Path("pyproject.toml")))
    contracts = {entry["name"]: entry for entry in settings["tool"]["importlinter"]["contracts"]}
    found: dict[str, list[str]] = contracts[name]
    return found


def test_every_room_stands_on_a_line() -> None:
    lines = contract("Arrows point one way; rooms on one line never meet")["layers"]
    assert {room.strip() for line in lines for room in line.split("|")} == rooms()


def test_every_room_but_the_wiring_is_kept_from_the_simulator() -> None:
    kept = contract("Only the wiring starts the simulator")["source_modules"]
    assert set(kept) == {f"services.{room}" for room in rooms() - {"wiring"}}


@pytest.mark.parametrize("room", sorted(THINKING))
def test_a_thinking_room_imports_only_what_it_was_given(room: str) -> None:
    given = THINKING[room] | {"services"} | sys.stdlib_module_names
    foreign = [
        f"{path}: {name}"
        for path in tree.modules(f"services/{room}")
        for name in imported(tree.text(path))
        if name not in given
    ]
    assert foreign == []


def imported(source: str) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names
