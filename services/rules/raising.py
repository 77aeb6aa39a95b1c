"""From what a trigger found to a Finding: title, severity, policy, lateness; and the press floor's own
Findings.

The floor is the rule that no rulebook can switch off: it is built here and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass

from services.domain.events import Event
from services.domain.findings import (
    BUILT_IN,
    Evidence,
    Finding,
    FindingReason,
    FindingState,
    Severity,
    Trigger,
)
from services.domain.identity import derived_id
from services.domain.instants import format_instant
from services.domain.kinds import ALARM_KINDS, KINDS
from services.rules.case import Case, Raise
from services.rules.reading import DEFAULT_POLICY, FLOOR
from services.rules.rulebook import Per, Rule
from services.rules.signs import Sign
from services.titles.naming import titles_of


@dataclass(frozen=True, slots=True)
class Source:
    """Which text of a rulebook a rule comes from."""

    revision: int
    content_hash: str


def finding_of(case: Case, source: Source, new: Raise, home_id: str | None, *, synthetic: bool) -> Finding:
    """The Finding as it is stored."""
    rule = case.rule
    reason = new.reason
    if reason is None and new.state is FindingState.STALE:
        reason = FindingReason.LATE  # it would still hold, but it comes too late to be of use
    names_device = rule.is_plain_on or rule.per is Per.DEVICE
    return Finding(
        id=new.finding_id,
        rulebook=rule.rulebook,
        revision=source.revision,
        content_hash=source.content_hash,
        rule=rule.id,
        trigger=rule.trigger,
        at=new.at,
        raised_at=new.raised_at,
        severity=rule.severity,
        alert_kind=rule.alert_kind,
        policy=rule.policy,
        titles=rule.titles,
        resident_id=case.resident_id,
        device_id=new.device_id if names_device else None,
        home_id=home_id,
        state=new.state,
        reason=reason,
        evidence=Evidence(
            event_ids=tuple(event_id for _, event_id in new.rests_on),
            event_seqs=tuple(seq for seq, _ in new.rests_on),
            figures=new.figures,
            prevented_by=_prevented_by(rule),
        ),
        is_alarm=rule.is_plain_on and rule.kind in ALARM_KINDS,
        synthetic=synthetic,
    )


def _prevented_by(rule: Rule) -> str | None:
    """The kind of event that would have kept the rule from finding anything; None where none would."""
    if rule.trigger is Trigger.UNLESS:
        return rule.unless
    is_absence = rule.trigger in {Trigger.MISSING, Trigger.QUOTA, Trigger.SILENT}
    return rule.kind if is_absence else None


def floor_finding(event: Event, sign: Sign, home_id: str | None) -> Finding:
    """The Finding of an alarm kind that no rule took."""
    key = event.resident_id or f"/{event.device_id or ''}"
    return Finding(
        id=derived_id("fnd", BUILT_IN, FLOOR, key, format_instant(sign.at), event.id),
        rulebook=BUILT_IN,
        revision=0,
        content_hash="",
        rule=FLOOR,
        trigger=Trigger.ON,
        at=sign.at,
        raised_at=sign.at,
        severity=Severity.HIGH,
        alert_kind=KINDS[event.kind].floor_alert or event.kind,
        policy=DEFAULT_POLICY[Severity.HIGH],
        titles=titles_of(event.kind),
        resident_id=event.resident_id,
        device_id=event.device_id,
        home_id=home_id,
        state=FindingState.HOLDS,
        evidence=Evidence(event_ids=(event.id,), event_seqs=(event.seq,)),
        is_alarm=True,
        synthetic=event.synthetic,
    )
