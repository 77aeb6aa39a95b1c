"""Survivors: mutants that no test can notice, because the house does the same with them. Each has its reason.

What stands here must stand in the tree; a test holds that.
"""

from __future__ import annotations

from collections.abc import Mapping

EQUIVALENT: Mapping[tuple[str, str, str], str] = {
    ("services/rules/kinds/where.py", "sign.order < (state.newest_at, state.newest_seq)", "<="): (
        "two events never have one place in the order, and none is taken in twice"
    ),
    ("services/rules/kinds/drift.py", "since >= end", ">"): (
        "a stretch that begins with the end of the night adds no time, and the next one begins after it"
    ),
    ("services/rules/ending.py", "end_at < engine.absence.since <= until", "<="): (
        "an override that ends in the instant from which nothing was met: what was due before it had been met"
    ),
}
"""(module, the comparison as it is without the mutant, the sign it has with it) → why nothing changes."""
