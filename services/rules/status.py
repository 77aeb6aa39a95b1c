"""Status: how the rulebooks work now, for whoever shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.rules.engine import RuleFault
from services.rules.faults import Fault
from services.rules.rulebook import Rule


@dataclass(frozen=True, slots=True)
class RuleAtWork:
    """One rule, and what went wrong with it since the rulebook was loaded."""

    rule: Rule
    faults: tuple[RuleFault, ...] = ()


@dataclass(frozen=True, slots=True)
class BookStatus:
    """One rulebook as it works now. ``faults`` are those of a newer text that was refused."""

    name: str
    revision: int
    content_hash: str
    active_since: datetime | None
    rules: tuple[RuleAtWork, ...]
    faults: tuple[Fault, ...]
