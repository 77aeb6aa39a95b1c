"""Survivors: mutants that no test can notice, because the house does the same with them. Each has its reason.

What stands here must stand in the tree; a test holds that.
"""

from __future__ import annotations

from collections.abc import Mapping

EQUIVALENT: Mapping[tuple[str, str, str], str] = {
    ("services/rules/kinds/where.py", "sign.order < (state.newest_at, state.newest_seq)", "<="): (
        "two events never have one place in the order, and none is taken in twice"
    ),
    ("services/rules/beds.py", "sign.order < (before.newest_at, before.newest_seq)", "<="): (
        "two reports never have one place in the order, and none is taken in twice"
    ),
    ("services/rules/key_state.py", "state.touched_at >= now", ">"): (
        "a key that is touched twice in one instant is the same afterwards, if another copy of it"
    ),
    ("services/rules/periods.py", "instant >= span.ends_at", ">"): (
        "the local date of the end is that of the next period already, so none is asked for its own end"
    ),
    ("services/rules/kinds/drift.py", "since >= end", ">"): (
        "a stretch that begins with the end of the night adds no time, and the next one begins after it"
    ),
    ("services/rules/ending.py", "end_at < engine.absence.since <= until", "<="): (
        "an override that ends in the instant from which nothing was met: what was due before it had been met"
    ),
    ("services/rules/ending.py", "end_at < engine.absence.since <= until", "<"): (
        "an end that lies before is a deadline of its own, met before all that is due or heard in the instant"
        " in which the house came back"
    ),
    ("services/rules/ending.py", "end_at == until", "!="): (
        "whoever meets what is due before an instant has ended before that the overrides that end at it"
    ),
    ("services/rules/kinds/missing.py", "each.at >= reached_at", ">"): (
        "what lies exactly so far back can be reached by no record: that would have to be older still"
    ),
    ("services/rules/kinds/drift.py", "each.at >= oldest", ">"): (
        "an exit that lies at least two nights before all that is still compared is no exit of any of them"
    ),
    ("services/rules/kinds/drift.py", "each.day >= first_day", ">"): (
        "a night two days or more before all that are still compared is not looked at, heard or not"
    ),
    ("services/rules/kinds/drift.py", "len(each.seqs) >= _MOST_HEARD", ">"): (
        "one more word of a night that is known to be heard is looked at and then left out all the same"
    ),
    ("services/rules/kinds/missing.py", "each.at >= oldest", ">"): (
        "a window is two days long at most: what lies three days before the last lies in none to come"
    ),
    ("services/rules/kinds/missing.py", "(newest.at, newest.seq) < (seen.at, seen.seq)", "<="): (
        "two events never have one place in the order, and none is taken in twice"
    ),
    ("services/rules/kinds/quota.py", "warning < span.ends_at", "<="): (
        "a warning is given at least one day before the end: the two never fall together"
    ),
    ("services/rules/kinds/quota.py", "each.at >= oldest", ">"): (
        "what lies two days before the period that was judged belongs to none that is judged again"
    ),
    ("services/rules/kinds/unless.py", "sign.order <= (watch.started_at, watch.seq)", "<"): (
        "an event meets only the watches that others began, and two never have one place in the order"
    ),
    ("services/rules/kinds/unless.py", "sign.order <= (found.started_at, found.seq)", "<"): (
        "an event meets only what others led to, and two never have one place in the order"
    ),
    ("services/rules/kinds/unless.py", "(watch.started_at, watch.seq) < sign.order", "<="): (
        "what began a watch had settled before, so it is never among what is still to settle"
    ),
    (
        "services/rules/kinds/where.py",
        "(self.first.at, self.first.seq) < sign.order < (self.last.at, self.last.seq)",
        "<=",
    ): ("the sign is a bed exit and the run one of readings: two events never have one place in the order"),
    ("services/rules/kinds/quota.py", "each.period_ends_at > oldest", ">="): (
        "a period that ended two days before the one that was judged is not judged again, remembered or not"
    ),
}
"""(module, the comparison as it is without the mutant, the sign it has with it) → why nothing changes."""
