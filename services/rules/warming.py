"""Warming: what new and changed rules must know of one resident is made from the stored events, as if the
rules had been there all the while.

What a rule would have found before the reload is not raised, unless the rule as it was before had a watch
open for it. What was found by then goes on to be withdrawn and ended. A rule of which only numbers or words
changed keeps its facts and has its deadlines reckoned anew.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.domain.events import Event
from services.domain.findings import Finding, FindingReason, FindingState, Trigger
from services.domain.kinds import ALARM_KINDS, AWAY_PREFIXES, REGISTER_KINDS
from services.domain.ports import StateKey, UnitOfWork
from services.rules import inheriting
from services.rules.beds import OFFLINE
from services.rules.case import is_too_late
from services.rules.engine import Engine, Lane, Result
from services.rules.intake import AWAY, RETRACTED, RETURNED, Intake
from services.rules.memory import DEVICE, PROFILE, Memory
from services.rules.rulebook import BED_PAIR, Rule
from services.rules.signs import OLDEST_CLAIM

_LONGEST_MEDICINE = timedelta(days=400)
_LONGEST_PERIOD = timedelta(days=2 * 366)


@dataclass(frozen=True, slots=True)
class Changed:
    """The rules that are gone, those to be warmed, and those of which only numbers or words changed."""

    gone: tuple[str, ...] = ()
    warm: tuple[str, ...] = ()
    other: tuple[str, ...] = ()


def changed_rules(before: Engine, after: Engine, unfinished: frozenset[str] = frozenset()) -> Changed:
    """What another set of rules changes. What is in none of the three is as it was, and keeps its state.

    The states of ``unfinished`` rulebooks and rules are of one set or the other, and made anew in any case.
    """
    old, new = before.rules, after.rules
    warm = [
        name
        for name, rule in new.items()
        if name not in old or {name, rule.rulebook} & unfinished or _shape(old[name]) != _shape(rule)
    ]
    other = [
        name
        for name, rule in new.items()
        if name not in warm
        and (old[name] != rule or before.zone_of(old[name], None) != after.zone_of(rule, None))
    ]
    return Changed(tuple(name for name in old if name not in new), tuple(warm), tuple(other))


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose states are made: a resident, or a device that belongs to nobody (``resident_id`` empty)."""

    resident_id: str
    device_id: str | None = None

    @property
    def key(self) -> str:
        """What the keys of their states are, or begin with."""
        return self.resident_id if self.device_id is None else f"/{self.device_id}"


class Warming:
    """Makes the states of changed rules. ``at`` is the instant of the reload, ``last_seq`` the last event
    that had been taken in by then.
    """

    def __init__(self, before: Engine, after: Engine, changed: Changed, at: datetime, last_seq: int) -> None:
        self._before = before
        self._after = after
        self._changed = changed
        self._at = at
        self._last_seq = last_seq

    def work(self, uow: UnitOfWork, subject: Subject, name: str | None, result: Result) -> int:
        """Make what the rule of that name knows of one subject anew; None: reckon anew the deadlines of those
        that are other in numbers or words alone. Answers how many events were read for it.
        """
        if name is None:
            self._readjust(uow, subject, result)
            return 0
        stored = [state for state in uow.states.load_for(subject.key) if state.at.rule == name]
        old = Memory(self._before.forms)
        old.remember(stored)
        uow.states.delete(state.at for state in stored)
        return self._warm(uow, subject, self._after.rules[name], old, result)

    def _readjust(self, uow: UnitOfWork, subject: Subject, result: Result) -> None:
        memory = Memory(self._after.forms, uow.states.load, uow.states.load_for)
        for at in memory.keys_for(subject.key):
            if at.rule in self._changed.other:
                self._after.adjust(memory, at, self._at, result)
        kept, gone = memory.changed()
        uow.states.save(kept)
        uow.states.delete(gone)

    def _warm(self, uow: UnitOfWork, subject: Subject, rule: Rule, old: Memory, result: Result) -> int:
        if rule.is_plain_on and rule.settle_for is None:
            return 0  # it remembers nothing
        memory, alone = self._known(uow, subject), self._after.only(rule)
        intake, scratch = Intake(alone, uow.events.get), Result()
        profile = memory.profile(subject.resident_id)
        if profile is not None and profile.enrolled_at is not None:
            alone.begin(memory, rule, subject.resident_id, self._at)
        events = self._events(uow, subject, rule)
        for event in events:
            if event.kind in {AWAY, RETURNED}:
                alone.observe(memory, event, scratch, Lane.REST)  # who was away when is known already
            else:
                intake.take(memory, event, scratch, Lane.REST)
        ats = [at for at in memory.keys_for(subject.key) if at.rule == rule.name]
        for at in ats:
            alone.catch_up(memory, at, self._at, scratch)
        old_rule = self._before.rules.get(rule.name)
        for at in {*ats, *(each for each in old.keys_for(subject.key) if each.rule == rule.name)}:
            given = inheriting.Given(self._at, rule, old_rule, old.key_state(at), memory.key_state(at))
            used = _used_up(uow, subject, rule) if rule.trigger is Trigger.COUNT else frozenset()
            kept = inheriting.inherit(given, used)
            result.changes.extend(kept.changes)
            if kept.state is not None:
                alone.keep(memory, at, kept.state)
            _raise(self._at, rule, at, kept.open_for, scratch, result)
        uow.states.save(state for state in memory.everything() if state.at.rule == rule.name)
        result.faults.extend(scratch.faults)
        return len(events)

    def _known(self, uow: UnitOfWork, subject: Subject) -> Memory:
        memory = Memory(self._after.forms)
        ids = (
            [device.id for device in uow.devices.of_resident(subject.resident_id)]
            if subject.device_id is None
            else [subject.device_id]
        )
        keys = [StateKey(PROFILE, subject.resident_id), *(StateKey(DEVICE, each) for each in ids)]
        memory.remember(uow.states.load(keys).values())
        return memory

    def _events(self, uow: UnitOfWork, subject: Subject, rule: Rule) -> list[Event]:
        since, kinds = self._at - _reach(rule), _kinds(rule)
        found = (
            uow.events.of_key(since, resident_id=subject.resident_id, kinds=kinds)
            if subject.device_id is None
            else uow.events.of_key(since, device_id=subject.device_id, kinds=kinds)
        )
        return [
            event
            for event in found
            if event.seq <= self._last_seq
            and event.kind not in REGISTER_KINDS
            and (event.resident_id or "") == subject.resident_id
        ]


def _raise(
    at: datetime, rule: Rule, key: StateKey, open_for: frozenset[int], scratch: Result, result: Result
) -> None:
    """Raise what was found in the scratch for a key, if it may be, as of the reload."""
    ended = {change.finding_id: change.state for change in scratch.changes}
    for found in scratch.findings:
        if _key_of(found, rule) != key.key or not (
            found.at >= at or open_for & set(found.evidence.event_seqs)
        ):
            continue
        after = ended.get(found.id)
        if after is FindingState.WITHDRAWN:
            continue
        raised = replace(found, raised_at=max(found.raised_at, at))
        if after is FindingState.ENDED:
            raised = replace(raised, state=FindingState.STALE, reason=FindingReason.NO_LONGER_HOLDS)
        elif _is_stale(rule, raised):
            raised = replace(raised, state=FindingState.STALE, reason=FindingReason.LATE)
        result.findings.append(raised)


def _is_stale(rule: Rule, raised: Finding) -> bool:
    goes_stale = rule.trigger in {Trigger.COUNT, Trigger.WHERE} and rule.kind not in ALARM_KINDS
    return goes_stale and is_too_late(rule.severity, raised.at, raised.raised_at)


def _key_of(found: Finding, rule: Rule) -> str:
    return (
        found.resident_id or "" if rule.per == "resident" else f"{found.resident_id or ''}/{found.device_id}"
    )


def _used_up(uow: UnitOfWork, subject: Subject, rule: Rule) -> frozenset[int]:
    """The events that Findings of a `count` rule have used up; nothing that was used up counts again."""
    filters = {"resident_id": subject.resident_id, "rule": rule.id}
    used: set[int] = set()
    after: int | None = 0
    while after is not None:
        page = uow.findings.page(filters, after, 500)
        for found in page.items:
            if found.rulebook == rule.rulebook:
                used.update(found.evidence.event_seqs)
        after = page.next
    return frozenset(used)


def horizon(rule: Rule) -> timedelta:
    """How far back what a rule needs to know may have been received."""
    if rule.trigger is Trigger.QUOTA:
        return _LONGEST_PERIOD
    if rule.days_field is not None:
        return _LONGEST_MEDICINE
    if rule.over_days is not None:
        return timedelta(days=rule.over_days + 2) + OLDEST_CLAIM
    return max(rule.watch_for or timedelta(days=2), rule.within_for or timedelta(0)) + OLDEST_CLAIM


def _reach(rule: Rule) -> timedelta:
    """As `horizon`. A silence is judged by reception: a message that is older had ended it before, unless
    time away lies between.
    """
    if rule.trigger is Trigger.SILENT and not rule.kind.startswith(AWAY_PREFIXES):
        return rule.watch_for or timedelta(0)
    return horizon(rule)


def _kinds(rule: Rule) -> frozenset[str] | None:
    """The kinds of events that a rule has to be shown; None = all."""
    if rule.trigger is Trigger.SILENT:
        return None
    kinds = {*rule.touching_kinds, RETRACTED}
    return frozenset(kinds | {*BED_PAIR, OFFLINE} if kinds & BED_PAIR else kinds)


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
