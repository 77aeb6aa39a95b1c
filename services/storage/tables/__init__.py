"""The tables, one file for each file of the ports. A table's columns bear the names of its noun's fields;
what a noun does not have (a number, a mark for an index) stands beside them.
"""

from services.storage.tables.columns import metadata
from services.storage.tables.facts import (
    cursors,
    events,
    finding_changes,
    findings,
    rule_faults,
    rule_states,
    rulebooks,
)
from services.storage.tables.handovers import handovers, shift_notes
from services.storage.tables.records import answers, audit, numbers, quarantine, runner_leases
from services.storage.tables.registers import (
    devices,
    grids,
    homes,
    residents,
    sessions,
    shifts,
    teams,
    tokens,
    users,
    workers,
)
from services.storage.tables.rosters import leaves, roster_looks, rosters, standing_holes, swaps
from services.storage.tables.self_watch import own_presses, path_checks
from services.storage.tables.silences import silences
from services.storage.tables.telling import alert_changes, alert_facts, alerts, attempts, commands, notices

__all__ = [
    "alert_changes",
    "alert_facts",
    "alerts",
    "answers",
    "attempts",
    "audit",
    "commands",
    "cursors",
    "devices",
    "events",
    "finding_changes",
    "findings",
    "grids",
    "handovers",
    "homes",
    "leaves",
    "metadata",
    "notices",
    "numbers",
    "own_presses",
    "path_checks",
    "quarantine",
    "residents",
    "roster_looks",
    "rosters",
    "rule_faults",
    "rule_states",
    "rulebooks",
    "runner_leases",
    "sessions",
    "shift_notes",
    "shifts",
    "silences",
    "standing_holes",
    "swaps",
    "teams",
    "tokens",
    "users",
    "workers",
]
