"""Warming: what a new or changed rule must know is made from the stored events, as if it had been there all
the while.

What it would have found before the reload is not raised, unless the rule as it was before had a watch open
for it. A rule of which only numbers or words changed keeps its facts and has its deadlines reckoned anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from services.domain.findings import Finding, Trigger
from services.domain.kinds import REGISTER_KINDS
from services.domain.ports import StateKey, UnitOfWork
from services.rules.engine import Engine, Lane, Result
from services.rules.intake import AWAY, RETURNED, Intake
from services.rules.memory import DEVICE, PROFILE, Memory
from services.rules.rulebook import Per, Rule
from services.rules.signs import OLDEST_CLAIM

_LONGEST_MEDICINE = timedelta(days=400)
_LONGEST_PERIOD = timedelta(days=2 * 366)


def changed_rules(
    before: Mapping[str, Rule], after: Mapping[str, Rule]
) -> tuple[list[str], list[str], list[str]]:
    """The names of the rules that are gone, to be warmed, and of which only numbers or words changed."""
    gone = [name for name in before if name not in after]
    warm = [
        name for name, rule in after.items() if name not in before or _shape(before[name]) != _shape(rule)
    ]
    other = [name for name, rule in after.items() if name not in warm and before[name] != rule]
    return gone, warm, other


def warm(uow: UnitOfWork, engine: Engine, rule: Rule, now: datetime, last_seq: int) -> Result:
    """Make the states of a rule from stored events up to ``last_seq``; what it finds that may still be
    raised.
    """
    old = _open_watches(uow, engine, rule)
    uow.states.delete_rule(rule.name)
    result = Result()
    if rule.is_plain_on and rule.settle_for is None:
        return result
    for resident in uow.residents.all():
        _warm_resident(
            uow, engine, rule, resident.id, now, last_seq, old.get(resident.id, frozenset()), result
        )
    return result


def readjust(uow: UnitOfWork, engine: Engine, rule: Rule, now: datetime) -> Result:
    """Reckon the deadlines of a rule anew from the facts that it has."""
    result = Result()
    for ats in places(uow, rule).values():
        memory = Memory(engine.forms, uow.states.load, uow.states.load_for)
        for at in ats:
            engine.adjust(memory, at, now, result)
        _save(uow, memory)
    return result


def places(uow: UnitOfWork, rule: Rule) -> dict[str, list[StateKey]]:
    """Where a rule may keep its states, by resident."""
    found: dict[str, list[StateKey]] = {}
    if rule.per is Per.RESIDENT:
        return {resident.id: [StateKey(rule.name, resident.id)] for resident in uow.residents.all()}
    for device in uow.devices.all():
        resident_id = device.resident_id or ""
        found.setdefault(resident_id, []).append(StateKey(rule.name, f"{resident_id}/{device.id}"))
    return found


def _warm_resident(
    uow: UnitOfWork,
    engine: Engine,
    rule: Rule,
    resident_id: str,
    now: datetime,
    last_seq: int,
    open_for: frozenset[int],
    result: Result,
) -> None:
    stored = uow.states.load_for(resident_id)
    devices = uow.states.load(StateKey(DEVICE, device.id) for device in uow.devices.of_resident(resident_id))
    memory = Memory(engine.forms)
    memory.remember(state for state in (*stored, *devices.values()) if state.at.rule in {PROFILE, DEVICE})
    alone = engine.only(rule)
    intake = Intake(alone, uow.events.get)
    scratch = Result()
    alone.begin(memory, rule, resident_id, now)
    for event in uow.events.of_key(now - horizon(rule), resident_id=resident_id):
        if event.seq > last_seq or event.kind in REGISTER_KINDS:
            continue
        if event.kind in {AWAY, RETURNED}:
            alone.observe(memory, event, scratch, Lane.REST)  # who was away when is known already
        else:
            intake.take(memory, event, scratch, Lane.REST)
    for at in memory.keys_for(resident_id):
        alone.catch_up(memory, at, now, scratch)
    result.findings.extend(finding for finding in scratch.findings if _may_be_raised(finding, open_for))
    uow.states.save(state for state in memory.everything() if state.at.rule == rule.name)


def _may_be_raised(finding: Finding, open_for: Iterable[int]) -> bool:
    return bool(set(finding.evidence.event_seqs) & set(open_for))


def _open_watches(uow: UnitOfWork, engine: Engine, rule: Rule) -> dict[str, frozenset[int]]:
    """By resident, the events for which the rule as it was before has a watch open."""
    if rule.trigger is not Trigger.UNLESS:
        return {}
    found: dict[str, frozenset[int]] = {}
    for resident_id, ats in places(uow, rule).items():
        memory = Memory(engine.forms, uow.states.load)
        states = [state for at in ats if (state := memory.key_state(at)) is not None]
        found[resident_id] = frozenset(seq for state in states for seq in _watched(state.inner))
    return found


def _watched(inner: Any) -> list[int]:
    return [watch.seq for watch in getattr(inner, "watches", ())]


def horizon(rule: Rule) -> timedelta:
    """How far back what a rule needs to know may have been received."""
    if rule.trigger is Trigger.QUOTA:
        return _LONGEST_PERIOD
    if rule.days_field is not None:
        return _LONGEST_MEDICINE
    if rule.over_days is not None:
        return timedelta(days=rule.over_days + 2) + OLDEST_CLAIM
    return max(rule.watch_for or timedelta(days=2), rule.within_for or timedelta(0)) + OLDEST_CLAIM


def _save(uow: UnitOfWork, memory: Memory) -> None:
    kept, gone = memory.changed()
    uow.states.save(kept)
    uow.states.delete(gone)


def _shape(rule: Rule) -> tuple[object, ...]:
    """What of a rule decides which facts it keeps."""
    return (
        rule.trigger,
        rule.kind,
        rule.unless,
        rule.while_kind,
        rule.per,
        rule.period,
        rule.settle_for is None,
        rule.device_types,
        rule.between,
        rule.where,
        rule.for_residents,
        rule.days_field,
        rule.until is None,
        rule.figure,
        rule.over_days,
        rule.enabled,
    )
