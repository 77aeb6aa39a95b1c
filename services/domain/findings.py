"""Findings: what a rule found, with the evidence it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from services.domain.events import Json


class Severity(StrEnum):
    """How much a Finding matters; ``info`` raises no Alert."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for info up to 3 for high."""
        return ("info", "low", "medium", "high").index(self.value)


class Trigger(StrEnum):
    """The ways in which a rule can come to a Finding."""

    ON = "on"
    COUNT = "count"
    UNLESS = "unless"
    WHERE = "where"
    MISSING = "missing"
    SILENT = "silent"
    QUOTA = "quota"
    DRIFT = "drift"


class FindingState(StrEnum):
    """Whether a Finding still holds."""

    HOLDS = "holds"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"
    STALE = "stale"


class FindingReason(StrEnum):
    """What is special about a Finding."""

    LATE = "late"
    """Its deadline was missed while the house was down; or it is stale, raised too late to be of use.
    `raised_at` less `at` says how late.
    """
    NO_LONGER_HOLDS = "no_longer_holds"
    WARN = "warn"
    CORRECTED = "corrected"


BUILT_IN = "anxin"
"""The rulebook that the house's own rules name: the press floor, and those below."""
RULE_UNAVAILABLE = "rule-unavailable"
"""The house's own rule that finds rules which cannot work: a matter of whoever manages the house."""
ROSTER_HOLE = "roster-hole"
"""The house's own rule that finds hours in which nobody is on duty."""
PAGES_AT_NIGHT = "pages-at-night"
"""The house's own rule that finds who is called too often in one night."""
AWAY_OVERDUE = "away-overdue"
"""The house's own rule that finds who is not back from being away in time."""
BED_UNSTEADY = "bed-unsteady"
BED_CONTRADICTION = "bed-contradiction"
"""The house's own rules that find what sensors say of a bed and no sleeper does."""
SHIFT_NOT_TAKEN_OVER = "shift-not-taken-over"
"""The house's own rule that finds a shift of the duty desk that nobody has taken over."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a Finding rests on: the events in ascending order of storing, the figures, what would have
    prevented it.
    """

    event_ids: tuple[str, ...] = ()
    event_seqs: tuple[int, ...] = ()
    figures: Mapping[str, Json] = field(default_factory=dict)
    prevented_by: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found about a resident or a device.

    ``at`` is exact, ``raised_at`` says when the house could say so. ``number`` is the order of storing (0
    until stored). A Finding is unique by its id, which derives from (rule, key, trigger, at, and for plain
    `on` the event).
    """

    id: str
    rulebook: str
    revision: int
    content_hash: str
    rule: str
    trigger: Trigger
    at: datetime
    raised_at: datetime
    severity: Severity
    alert_kind: str
    policy: str
    titles: Mapping[str, str]
    resident_id: str | None = None
    device_id: str | None = None
    """The device of the events it rests on, where one device is meant (plain `on`, the floor, `per: device`).
    """
    home_id: str | None = None
    state: FindingState = FindingState.HOLDS
    reason: FindingReason | None = None
    evidence: Evidence = field(default_factory=Evidence)
    is_alarm: bool = False
    """Rests on an alarm kind: never stale, never over by itself."""
    synthetic: bool = False
    number: int = 0

    @property
    def is_about_the_rules(self) -> bool:
        """About a rule that cannot work, and about nobody's home."""
        return self.rulebook == BUILT_IN and self.rule == RULE_UNAVAILABLE

    @property
    def is_about_a_roster(self) -> bool:
        """About hours in which nobody is on duty; its figures name the subject."""
        return self.rulebook == BUILT_IN and self.rule == ROSTER_HOLE

    @property
    def is_about_the_desk(self) -> bool:
        """About who sits at the duty desk, and about nobody's home."""
        return self.rulebook == BUILT_IN and self.rule == SHIFT_NOT_TAKEN_OVER

    @property
    def is_about_pages(self) -> bool:
        """About somebody who is called too often in a night; its figures name the subject."""
        return self.rulebook == BUILT_IN and self.rule == PAGES_AT_NIGHT

    @property
    def chain(self) -> str:
        """The id of the event that began it; its own where an absence did."""
        return self.evidence.event_ids[0] if self.evidence.event_ids else self.id


def found_by_house(
    rule: str,
    finding_id: str,
    *,
    at: datetime,
    raised_at: datetime,
    severity: Severity,
    policy: str,
    titles: Mapping[str, str],
    figures: Mapping[str, Json],
) -> Finding:
    """What one of the house's own rules found, which alerts by its own name; ``figures`` say of what."""
    return Finding(
        id=finding_id,
        rulebook=BUILT_IN,
        revision=0,
        content_hash="",
        rule=rule,
        trigger=Trigger.ON,
        at=at,
        raised_at=raised_at,
        severity=severity,
        alert_kind=rule,
        policy=policy,
        titles=titles,
        evidence=Evidence(figures=figures),
    )


@dataclass(frozen=True, slots=True)
class FindingChange:
    """A stored Finding that was withdrawn or ended by a later event."""

    finding_id: str
    state: FindingState
    at: datetime
    by_event_id: str | None = None
    number: int = 0
