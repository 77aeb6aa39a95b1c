"""Results: what came of some work of the engine, in order; and which rules an event is shown to."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from services.domain.findings import Finding, FindingChange


class Lane(StrEnum):
    """Which rules an event is shown to. The live loop takes presses in ahead of everything else."""

    ALL = "all"
    ALARMS = "alarms"
    """Plain `on` rules on alarm kinds, and the floor."""
    REST = "rest"
    """All others."""


@dataclass(slots=True)
class Result:
    """What came of some work, in order."""

    findings: list[Finding] = field(default_factory=list)
    changes: list[FindingChange] = field(default_factory=list)
    faults: list[RuleFault] = field(default_factory=list)
    mended: set[tuple[str, str]] = field(default_factory=set)
    """(rule, key) that failed before and worked now."""


@dataclass(frozen=True, slots=True)
class RuleFault:
    """A rule failed on an event or a deadline, twice; both are set aside for this key."""

    rule: str
    key: str
    error: str
    event_id: str | None = None
    is_passing: bool = False
    """It is being mended: nobody has to be told."""
