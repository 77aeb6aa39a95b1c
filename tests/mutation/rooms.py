"""Where mutants are made, and which tests are to notice them: those that are about the module first.

A room is named here once; its tests are found by name.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.house import tree
from tests.mutation.mutants import Mutant, mutants_of

RULES = (
    *("kinds/count", "kinds/drift", "kinds/missing", "kinds/on", "kinds/quota", "kinds/silent"),
    *("kinds/unless", "kinds/where", "beds", "bed_faults", "settling", "key_state", "signs", "windows"),
    *("periods", "nights", "profile", "case", "ending", "missed", "backlog", "intake"),
)
"""The modules of services/rules that decide what is found."""
ESCALATION = (
    *("actions", "bundling", "closing", "holding", "joining", "quiet_hours", "routing", "stages", "steps"),
    *("telling", "testing", "withdrawing"),
)
"""The modules of services/escalation that decide who is told, and when."""


def modules() -> Iterator[Path]:
    """Every module in which mutants are made; FileNotFoundError where one is gone."""
    for room, names in (("rules", RULES), ("escalation", ESCALATION)):
        for name in names:
            path = Path("services") / room / f"{name}.py"
            if not (tree.ROOT / path).is_file():
                raise FileNotFoundError(path)
            yield path


def all_mutants() -> list[Mutant]:
    """Every mutant of every module."""
    return [mutant for path in modules() for mutant in mutants_of(path, tree.text(path))]


def noticing(path: Path) -> list[str]:
    """The folders and files of the tests that are to notice a mutant of this module, the nearest first."""
    room = path.parts[1]
    folder = tree.ROOT / "tests/unit" / room
    near = sorted(folder.rglob(f"test_*{path.stem.removesuffix('s')}*.py"))
    return [*(str(each.relative_to(tree.ROOT)) for each in near), f"tests/unit/{room}", "tests/stories"]
