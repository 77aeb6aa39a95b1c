"""What is lost and what is doubled is counted by the ids that were sent; a figure knows its goal."""

import pytest

from bench.figures import Figure
from bench.throughput import lost_and_doubled


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        (["a", "b", "c"], (0, 0)),
        (["a", "c"], (1, 0)),
        (["a", "b", "b", "c"], (0, 1)),
        (["a", "b", "b"], (1, 1)),
        (["a", "b", "c", "of somebody else"], (0, 1)),
    ],
)
def test_an_id_is_stored_once(stored: list[str], expected: tuple[int, int]) -> None:
    assert lost_and_doubled({"a", "b", "c"}, stored) == expected


def test_a_goal_has_a_side() -> None:
    assert Figure("events", "sqlite", 15_000, "/s", 15_000, at_least=True).is_met is True
    assert Figure("events", "sqlite", 14_999, "/s", 15_000, at_least=True).is_met is False
    assert Figure("p99", "sqlite", 20.0, "ms", 20.0).is_met is True
    assert Figure("p99", "sqlite", 20.1, "ms", 20.0).is_met is False
    assert Figure("floor", "sqlite", 20.1, "ms").is_met is None
