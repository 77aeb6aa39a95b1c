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
    ("services/rules/kinds/missing.py", "each.at >= reached_at", ">"): (
        "what lies exactly so far back can be reached by no record: that would have to be older still"
    ),
    ("services/rules/kinds/quota.py", "each.period_ends_at > oldest", ">="): (
        "a period that ended two days before the one that was judged is not judged again, remembered or not"
    ),
}
"""(module, the comparison as it is without the mutant, the sign it has with it) → why nothing changes."""
