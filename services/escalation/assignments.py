"""Assignments: which policy is for whom, by severity, grid and resident; and the hand-over of shifts.

What stands nearest counts: the resident's own line, then that of the grid, then the rule. A line may name a
severity or the very policy that it replaces, and is applied once: no chain, so no circle. It never decides
whether somebody is told, only by which policy.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from pydantic import Field

from services.domain.circle import Circle
from services.domain.findings import Severity
from services.escalation.written import Part, Wait

BY_SEVERITY: Mapping[Severity, str] = {
    Severity.HIGH: "emergency",
    Severity.MEDIUM: "routine",
    Severity.LOW: "digest",
    Severity.INFO: "digest",
}
"""The policy of a rule that names none."""

Choice = Mapping[str, str]
"""A severity, or a policy that is replaced → the policy instead."""


class For(StrEnum):
    """For whose sake a policy was chosen."""

    RULE = "rule"
    SEVERITY = "severity"
    GRID = "grid"
    RESIDENT = "resident"


@dataclass(frozen=True, slots=True)
class Chosen:
    """The policy of a matter, and for whose sake it is that one."""

    policy: str
    for_: For = For.RULE


class BySeverity(Part):
    """The policy of a rule that names none."""

    high: str | None = None
    medium: str | None = None
    low: str | None = None

    def of(self, severity: Severity) -> str | None:
        """The choice for a severity; None where nothing is said."""
        chosen: str | None = getattr(self, severity.value, None)
        return chosen


class ShiftHandover(Part):
    """Until when a shift of the duty desk has to be taken over, and how the manager is told if it is not."""

    taken_over_within: Wait
    may_begin_before: Wait
    looks_ahead: Wait
    policy: str


class Assignments(Part):
    """Which policy is for whom. Grids and residents are named by id or by name."""

    format: Literal[1]
    severity: BySeverity = BySeverity()
    grids: Mapping[str, Choice] = Field(default_factory=dict)
    residents: Mapping[str, Choice] = Field(default_factory=dict)
    shift_handover: ShiftHandover | None = None

    def choices(self, name: str, severity: Severity, circle: Circle) -> Iterator[Chosen]:
        """What is to be tried for a matter whose rule names ``name``, the nearest first."""
        resident, grid = circle.resident, circle.grid
        of_resident = _of(self.residents, *((resident.id, resident.name) if resident else ()))
        of_grid = _of(self.grids, *((grid.id, grid.name) if grid else ()))
        for line, for_ in ((of_resident, For.RESIDENT), (of_grid, For.GRID)):
            chosen = line.get(name) or line.get(severity.value)
            if chosen is not None:
                yield Chosen(chosen, for_)
        usual = self.severity.of(severity)
        if usual is not None and name == BY_SEVERITY[severity]:
            yield Chosen(usual, For.SEVERITY)


def _of(lines: Mapping[str, Choice], *names: str) -> Choice:
    return next((lines[name] for name in names if name in lines), {})


NO_ASSIGNMENTS = Assignments(format=1)
"""Every rule's own policy, and no word of shifts."""
