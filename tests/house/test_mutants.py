"""What is said of mutants stands in the tree: modules, survivors, and each sign where it is flipped."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.house import tree
from tests.mutation.mutants import mutants_of, spread
from tests.mutation.rooms import all_mutants, noticing
from tests.mutation.survivors import EQUIVALENT

SOURCE = """def between(first, 中, last):
    return first <= 中 < (
        last
    ) and first != last and 中 in (1, 2)
"""


def test_each_comparison_of_an_order_is_flipped_once() -> None:
    mutants = list(mutants_of(Path("between.py"), SOURCE))
    assert [(each.line, each.before, each.after) for each in mutants] == [
        (2, "<=", "<"),
        (2, "<", "<="),
        (4, "!=", "=="),
    ]
    assert "first < 中 < (" in mutants[0].written_into(SOURCE)
    assert "first <= 中 <= (" in mutants[1].written_into(SOURCE)


def test_every_mutant_of_the_thinking_rooms_is_a_module_that_can_be_read() -> None:
    mutants = all_mutants()
    assert len(mutants) >= 40
    for mutant in mutants:
        ast.parse(mutant.written_into(tree.text(mutant.path)))


def test_mutants_are_spread_over_all() -> None:
    mutants = all_mutants()
    chosen = spread(mutants, 40, seed=3)
    assert len(set(chosen)) == 40
    assert {each.path.parts[1] for each in chosen} == {"rules", "escalation"}


def test_each_survivor_with_a_reason_is_still_there() -> None:
    there = {(str(mutant.path), mutant.expression, mutant.after) for mutant in all_mutants()}
    assert set(EQUIVALENT) - there == set()


def test_the_tests_that_are_to_notice_are_there() -> None:
    for path in {mutant.path for mutant in all_mutants()}:
        assert all((tree.ROOT / test).exists() for test in noticing(path))
