"""Runners: which process does the work that only one may do, when several share a store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class RunnerLease:
    """Who has a role. ``fence`` grows each time the role changes hands and never falls, so that whoever had
    it before can be told from whoever has it now. ``renewed_at`` is by the holder's own clock: others may
    only see whether it moves. An empty ``holder`` says that the role was given up.
    """

    role: str
    holder: str
    fence: int
    renewed_at: datetime
