"""Rerun: the events of one resident once more through the engine, with one rule's decisions noted.

It is the engine that runs live, so what it says cannot drift from what was done; it stores nothing. What is
known of the resident at the instant that is asked about is kept aside when the clock passes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from services.domain.events import Event
from services.domain.findings import Finding, FindingChange
from services.domain.kinds import ALARM_KINDS
from services.domain.ports import StateKey
from services.rules import key_state, noting
from services.rules.case import Case
from services.rules.engine import Engine, Place, Result, RuleFault
from services.rules.intake import OVERRIDDEN, RETRACTED, Intake
from services.rules.kinds import KINDS_OF_TRIGGER
from services.rules.memory import Memory
from services.rules.notes import Note
from services.rules.rulebook import Per, Rule, Rulebook

_OF_ANYBODY = frozenset({"device.registered", "device.changed", "device.retired", RETRACTED})


@dataclass(frozen=True, slots=True)
class Standing:
    """What was known of the resident when the clock passed the instant."""

    cases: tuple[Case, ...]
    """The rule before each key of the resident: one, or one a device."""
    has_unknown_bed: bool
    is_live: bool
    """Whether the rule had heard anything of them at all."""
    zone: ZoneInfo
    overrides: tuple[Event, ...] = ()
    """What was said by then of switching the rule off or on for them."""


@dataclass(frozen=True, slots=True)
class Rerun:
    """What came of it."""

    rule: Rule
    standing: Standing
    now: datetime
    """Up to when deadlines were met."""
    notes: tuple[Note, ...]
    findings: tuple[Finding, ...]
    """Of all rules that ran: the one that is asked about, and those that may take an alarm before it."""
    changes: tuple[FindingChange, ...]
    faults: tuple[RuleFault, ...]
    own_events: tuple[Event, ...]
    """The resident's events of the rule's own kind, in the order of storing."""


def rerun(
    books: Sequence[Rulebook],
    zone: ZoneInfo,
    rule: Rule,
    resident_id: str,
    at: datetime,
    events: Iterable[Event],
    lookup: Callable[[str], Event | None],
    now: datetime,
) -> Rerun:
    """Show the events, in the order of storing, to the rule, and meet deadlines up to ``now``. Events that
    were received after it are left out.
    """
    engine = Engine([_with_only(book, rule) for book in books], zone)
    notes = noting.note(engine, rule.name)
    memory, result = Memory(engine.forms), Result()
    intake = Intake(engine, lookup)
    standing: Standing | None = None
    own_events: list[Event] = []
    overrides: list[Event] = []
    for event in events:
        if event.received_at > now or not concerns(event, resident_id):
            continue
        if standing is None and event.received_at > at:
            standing = _standing(engine, memory, rule, resident_id, at, overrides)
        if _switches(event, rule, resident_id):
            overrides.append(event)
        if event.resident_id == resident_id and event.kind == rule.kind:
            own_events.append(event)
        intake.take(memory, event, result)
    if standing is None or all(case.resident is None for case in standing.cases):
        standing = _standing(
            engine, memory, rule, resident_id, at, overrides
        )  # else what is known at the end
    _meet(engine, memory, now, result)
    for key in memory.keys_for(resident_id):
        if key.rule == rule.name:
            _look_ahead(engine, memory, rule, key, now)
    return Rerun(
        rule=rule,
        standing=standing,
        now=now,
        notes=tuple(notes.all()),
        findings=_once(result.findings, resident_id),
        changes=tuple(result.changes),
        faults=tuple(fault for fault in result.faults if fault.rule == rule.name),
        own_events=tuple(own_events),
    )


def concerns(event: Event, resident_id: str) -> bool:
    """Whether an event can matter to a resident: their own, what takes one back, and a device that moves."""
    return event.resident_id == resident_id or event.kind in _OF_ANYBODY


def _meet(engine: Engine, memory: Memory, now: datetime, result: Result) -> None:
    """Meet every deadline up to ``now``; an override that ends may bring some where there were none."""
    while due := [key for due_at, key in memory.due() if due_at <= now]:
        for key in due:
            engine.catch_up(memory, key, now, result, inclusive=True)


def _once(findings: Iterable[Finding], resident_id: str) -> tuple[Finding, ...]:
    """The resident's Findings, each as it was raised first."""
    first: dict[str, Finding] = {}
    for finding in findings:
        if finding.resident_id == resident_id:
            first.setdefault(finding.id, finding)
    return tuple(first.values())


def _with_only(book: Rulebook, rule: Rule) -> Rulebook:
    """The rule that is asked about, and those that may take the same alarm."""
    kept = [each for each in book.rules if each.name == rule.name or _takes_alarms_of(each, rule)]
    return replace(book, rules=tuple(kept))


def _takes_alarms_of(other: Rule, rule: Rule) -> bool:
    return rule.kind in ALARM_KINDS and rule.is_plain_on and other.is_plain_on and other.kind == rule.kind


def _switches(event: Event, rule: Rule, resident_id: str) -> bool:
    said = event.data
    return (
        event.kind == OVERRIDDEN
        and event.resident_id == resident_id
        and said.get("rule") in {rule.id, rule.name}
        and said.get("key") == "enabled"
    )


def _standing(
    engine: Engine, memory: Memory, rule: Rule, resident_id: str, at: datetime, overrides: Iterable[Event]
) -> Standing:
    profile = memory.profile(resident_id)
    places = [Place(StateKey(rule.name, resident_id), resident_id, None)]
    if rule.per is Per.DEVICE:
        devices = profile.devices if profile is not None else ()
        places = [
            Place(StateKey(rule.name, f"{resident_id}/{device.id}"), resident_id, device.id)
            for device in devices
        ]
    return Standing(
        cases=tuple(engine.case_of(memory, rule, place, at) for place in places),
        has_unknown_bed=any(bed.state is None and bed.sensors for bed in memory.beds(resident_id)),
        is_live=any(key.rule == rule.name for key in memory.keys_for(resident_id)),
        zone=engine.zone_of(rule, profile),
        overrides=tuple(overrides),
    )


def _look_ahead(engine: Engine, memory: Memory, rule: Rule, key: StateKey, now: datetime) -> None:
    state = memory.key_state(key)
    if state is not None:
        case = engine.case_of(memory, rule, Place(key, state.resident_id, state.device_id), now)
        key_state.look_ahead(KINDS_OF_TRIGGER[rule.trigger], case, state)
